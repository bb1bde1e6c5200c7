using Nines.Control.Admin;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>Faults that an operator makes on purpose, to see what a server does about them. AWS has no call for it.</summary>
internal sealed class InterfaceFaults(Cloud cloud)
{
    /// <summary>Pulls the cable of an interface, or puts it back. It stays so through stops and starts, until the interface is detached.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidNetworkInterfaceID.NotFound</c>, <c>IncorrectState</c>.</exception>
    public Task SetLinkAsync(Call call, LinkRequest request, CancellationToken cancellationToken) => cloud.WriteAsync(
        call,
        transaction =>
        {
            var adapter = InterfaceRecords.Require(transaction, call.AccountId, request.NetworkInterfaceId);
            if (adapter.Attachment is null)
            {
                throw Ec2Errors.IncorrectState($"The network interface '{adapter.Id}' is attached to no instance.");
            }

            InterfaceRecords.Put(transaction, adapter with { LinkDown = !request.Up });
        },
        cancellationToken);
}
