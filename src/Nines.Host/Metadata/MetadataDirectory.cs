using System.Net;
using Nines.Host.Api;

namespace Nines.Host.Metadata;

/// <summary>Who has which address, out of the host's desired state; replaced whole and read without a lock.</summary>
internal sealed class MetadataDirectory
{
    private volatile Dictionary<(string VpcId, string Address), MetadataSubject> _subjects = [];

    /// <summary>Takes a new desired state.</summary>
    public void Update(HostState desired)
    {
        var subjects = new Dictionary<(string, string), MetadataSubject>();
        foreach (var vm in desired.Vms.Values)
        {
            var adapters = vm.Interfaces
                .Select(adapter => Find(desired, adapter))
                .OfType<MetadataAdapter>()
                .OrderBy(adapter => adapter.DeviceIndex)
                .ToList();
            foreach (var adapter in adapters)
            {
                subjects[(adapter.Vpc.Id, adapter.Interface.PrivateIpAddress)] = new(vm, adapters[0], adapters);
            }
        }

        _subjects = subjects;
    }

    /// <summary>The machine that has the address in the network, or <see langword="null"/>.</summary>
    public MetadataSubject? Find(string vpcId, IPAddress address) =>
        _subjects.GetValueOrDefault((vpcId, (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()));

    private static MetadataAdapter? Find(HostState desired, VmInterface adapter) =>
        desired.Vpcs.TryGetValue(adapter.VpcId, out var vpc)
        && vpc.Interfaces.TryGetValue(adapter.Id, out var spec)
        && vpc.Subnets.TryGetValue(spec.SubnetId, out var subnet)
            ? new(adapter.DeviceIndex, spec, subnet, vpc)
            : null;
}
