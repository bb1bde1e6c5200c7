using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Services.Ec2.DedicatedHosts;

/// <summary>Which dedicated hosts are for which instances.</summary>
internal static class DedicatedHostRules
{
    /// <summary>AWS's word for instances that run on hosts of their account.</summary>
    public const string Tenancy = "host";

    /// <summary>The hosts that instances of a type may be launched to, or that one that is named. Found and not only listed: a host that is released at the same time makes the launch look again.</summary>
    /// <exception cref="Nines.Wire.AwsException">The one that is named is not the account's, or does not take the type.</exception>
    public static IReadOnlyList<DedicatedHost> For(CloudTransaction transaction, string accountId, string instanceType, string? hostId)
    {
        if (hostId is not null)
        {
            var named = transaction.Find(DedicatedHost.Table, accountId, hostId) ?? throw Ec2Errors.NotFound(ResourceKind.DedicatedHost, hostId);
            return named.Takes(instanceType) ? [named] : throw DedicatedHostErrors.TakesOther(hostId, instanceType);
        }

        return
        [
            .. transaction.List(DedicatedHost.Table, accountId).Where(host => host.AutoPlacement && host.Takes(instanceType)).ToList()
                .Select(host => transaction.Find(DedicatedHost.Table, accountId, host.Id)).OfType<DedicatedHost>(),
        ];
    }

    /// <summary>Whether a launch is onto a dedicated host: who names one need not say so.</summary>
    public static bool IsOnHost(Placement? placement) => placement?.Tenancy == Tenancy || (string.IsNullOrEmpty(placement?.Tenancy) && placement?.HostId is not null);

    /// <summary>Checks what a request says of tenancy.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public static void Check(Placement? placement)
    {
        if (placement?.HostResourceGroupArn is not null)
        {
            throw Ec2Errors.Unsupported("This cloud has no host resource groups.");
        }

        if (placement?.Tenancy is not (null or "" or "default" or Tenancy))
        {
            throw placement.Tenancy == "dedicated"
                ? Ec2Errors.Unsupported("Instances of this cloud have the tenancy 'default' or 'host'.")
                : Ec2Errors.InvalidValue("tenancy", placement.Tenancy, "Valid values are default, dedicated and host.");
        }

        ParseAffinity(placement?.Affinity);
        if (!IsOnHost(placement) && (placement?.HostId is not null || placement?.Affinity is not null))
        {
            throw DedicatedHostErrors.NotOnHost();
        }

        if (IsOnHost(placement) && (!string.IsNullOrEmpty(placement!.GroupName) || !string.IsNullOrEmpty(placement.GroupId)))
        {
            throw Ec2Errors.Unsupported("Instances of this cloud that are on Dedicated Hosts are in no placement group.");
        }
    }

    /// <summary>Whether an instance belongs to its host even while it is stopped.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static bool ParseAffinity(string? affinity) => affinity switch
    {
        null or "default" => false,
        "host" => true,
        _ => throw Ec2Errors.InvalidValue("affinity", affinity, "Valid values are default and host."),
    };

    /// <summary>The host on which an instance that starts has its disks.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InsufficientHostCapacity</c>: the account has given the host back.</exception>
    public static void DemandHost(CloudTransaction transaction, Instance instance)
    {
        if (instance.DedicatedHostId is { } id && transaction.Find(DedicatedHost.Table, instance.AccountId, id) is null)
        {
            throw DedicatedHostErrors.NoMachine();
        }
    }
}
