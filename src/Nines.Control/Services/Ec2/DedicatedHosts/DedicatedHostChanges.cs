using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstancePlan = Nines.Control.Services.Ec2.Instances.InstancePlan;
using Snapshot = Nines.Control.Services.Ec2.Snapshots.Snapshot;
using Volume = Nines.Control.Services.Ec2.Volumes.Volume;
using VolumeState = Nines.Control.Services.Ec2.Volumes.VolumeState;

namespace Nines.Control.Services.Ec2.DedicatedHosts;

/// <summary>Giving machines to accounts and taking them back.</summary>
internal sealed class DedicatedHostChanges(Cloud cloud, IIdSource ids, HostLedger ledger, ZoneCatalog zones) : IOperations
{
    /// <summary>Their type in tag specifications.</summary>
    public const string ResourceType = "dedicated-host";

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.AllocateHosts, AllocateAsync);
        table.On(Ec2Api.ModifyHosts, ModifyAsync);
        table.On(Ec2Api.ReleaseHosts, ReleaseAsync);
    }

    /// <summary>A switch as EC2 spells it.</summary>
    public static string OnOff(bool on) => on ? "on" : "off";

    private async ValueTask<AllocateHostsResult> AllocateAsync(AllocateHostsRequest input, Call call, CancellationToken cancellationToken)
    {
        var asked = Parse(input, call);
        var count = input.Quantity ?? 1;
        if (count < 1)
        {
            throw Ec2Errors.InvalidValue("quantity", $"{count}", "Expected a value greater than or equal to 1.");
        }

        var fingerprint = ClientToken.FingerprintOf(input with { ClientToken = null });
        MachineClaim? claim = null;
        try
        {
            var allocated = await cloud.WriteAsync(
                call,
                transaction =>
                {
                    // The body runs again when it lost a race: what it claimed then is not what it needs now.
                    claim?.Dispose();
                    claim = null;
                    if (ClientToken.MadeBefore(transaction, call.AccountId, ResourceType, asked.ClientToken, fingerprint) is { } earlier)
                    {
                        return earlier.Split(' ');
                    }

                    claim = ledger.ClaimMachines(asked.Zone, count, machine => IsEmpty(transaction, call.AccountId, machine.Id));
                    var made = claim.MachineIds.Select(machine => asked with { Id = ids.Next(ResourceKind.DedicatedHost.Prefix), MachineId = machine }).ToArray();
                    if (made.Length < count)
                    {
                        throw DedicatedHostErrors.NoMachine();
                    }

                    foreach (var host in made)
                    {
                        transaction.Insert(DedicatedHost.Table, host);
                    }

                    string[] hostIds = [.. made.Select(host => host.Id)];
                    ClientToken.Remember(transaction, call.AccountId, ResourceType, asked.ClientToken, fingerprint, string.Join(' ', hostIds));
                    return hostIds;
                },
                cancellationToken);
            return new AllocateHostsResult { HostIds = allocated };
        }
        finally
        {
            claim?.Dispose();
        }
    }

    private async ValueTask<ModifyHostsResult> ModifyAsync(ModifyHostsRequest input, Call call, CancellationToken cancellationToken)
    {
        var hostIds = ParseIds(input.HostIds);
        RefuseSwitches(input.HostRecovery, input.HostMaintenance);
        bool? autoPlacement = input.AutoPlacement is { } value ? ParseOnOff("autoPlacement", value) : null;
        var (type, family) = ParseTypes(input.InstanceType, input.InstanceFamily);
        return await cloud.WriteAsync(
            call,
            transaction =>
            {
                var (done, failed) = Each(hostIds, id =>
                {
                    var host = transaction.Find(DedicatedHost.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.DedicatedHost, id);
                    var next = host with { AutoPlacement = autoPlacement ?? host.AutoPlacement };
                    next = type is null && family is null ? next : next with { InstanceType = type, InstanceFamily = family };
                    if (Running(transaction, host).Find(instance => !next.Takes(instance.InstanceType)) is { } other)
                    {
                        throw new AwsException("InvalidHostConfiguration", $"The instance '{other.Id}' of the type '{other.InstanceType}' runs on the host '{id}'.");
                    }

                    transaction.Put(DedicatedHost.Table, next);
                });
                return new ModifyHostsResult { Successful = done, Unsuccessful = failed };
            },
            cancellationToken);
    }

    /// <summary>Gives hosts back. A stopped instance leaves its disks where they are and starts again only when the account has the machine again.</summary>
    private async ValueTask<ReleaseHostsResult> ReleaseAsync(ReleaseHostsRequest input, Call call, CancellationToken cancellationToken)
    {
        var hostIds = ParseIds(input.HostIds);
        return await cloud.WriteAsync(
            call,
            transaction =>
            {
                var (done, failed) = Each(hostIds, id =>
                {
                    var host = transaction.Find(DedicatedHost.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.DedicatedHost, id);
                    if (Running(transaction, host).Count > 0)
                    {
                        throw new AwsException("Client.InvalidHost.Occupied", $"Dedicated host '{id}' cannot be released as it is occupied.");
                    }

                    ClientToken.Forget(transaction, call.AccountId, ResourceType, host.ClientToken);
                    transaction.Delete(DedicatedHost.Table, host);
                });
                return new ReleaseHostsResult { Successful = done, Unsuccessful = failed };
            },
            cancellationToken);
    }

    /// <summary>Whether nothing runs on a machine or could start there again, and nothing of other accounts lies there.</summary>
    private static bool IsEmpty(CloudTransaction transaction, string accountId, string machineId) =>
        transaction.By(Instance.ByHost, machineId).Count == 0
        && transaction.By(Volume.ByHost, machineId).All(volume => volume.AccountId == accountId || volume.State == VolumeState.Deleting)
        && transaction.By(Snapshot.ByHost, machineId).All(snapshot => snapshot.AccountId == accountId)
        && transaction.By(ImportTask.ByHost, machineId).All(task => task.AccountId == accountId)
        && transaction.By(ExportTask.ByHost, machineId).All(task => task.AccountId == accountId);

    private static List<Instance> Running(CloudTransaction transaction, DedicatedHost host) =>
        [.. transaction.By(Instance.ByHost, host.MachineId).Where(instance => instance.DedicatedHostId == host.Id && Demand.Of(instance) != default)];

    /// <summary>Changes one host after the other; the refusal of one is told and hinders no other.</summary>
    private static (IReadOnlyList<string> Done, IReadOnlyList<UnsuccessfulItem> Failed) Each(IEnumerable<string> hostIds, Action<string> change)
    {
        var (done, failed) = (new List<string>(), new List<UnsuccessfulItem>());
        foreach (var id in hostIds)
        {
            try
            {
                change(id);
                done.Add(id);
            }
            catch (AwsException refusal)
            {
                failed.Add(new UnsuccessfulItem { ResourceId = id, Error = new UnsuccessfulItemError { Code = refusal.Code, Message = refusal.Message } });
            }
        }

        return (done, failed);
    }

    private DedicatedHost Parse(AllocateHostsRequest input, Call call)
    {
        RefuseSwitches(input.HostRecovery, input.HostMaintenance);
        if (input.OutpostArn is not null || input.AssetIds is { Count: > 0 })
        {
            throw Ec2Errors.NoOutposts();
        }

        var (type, family) = ParseTypes(input.InstanceType, input.InstanceFamily);
        if (type is null && family is null)
        {
            throw Ec2Errors.MissingParameter("InstanceType or InstanceFamily");
        }

        var zone = input.AvailabilityZone ?? throw Ec2Errors.MissingParameter("AvailabilityZone");
        return new DedicatedHost
        {
            AccountId = call.AccountId,
            Id = "",
            MachineId = "",
            Zone = zones.Find(zone)?.Name ?? throw Ec2Errors.InvalidParameterValue($"Invalid availability zone: [{zone}]"),
            InstanceType = type,
            InstanceFamily = family,
            AutoPlacement = input.AutoPlacement is not { } value || ParseOnOff("autoPlacement", value),
            AllocationTime = InstancePlan.WholeSecond(call.Now),
            ClientToken = ClientToken.Parse(input.ClientToken),
            Tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType),
        };
    }

    private static IReadOnlyList<string> ParseIds(IReadOnlyList<string>? hostIds) =>
        hostIds is null or [] ? throw Ec2Errors.MissingParameter("HostId") : [.. ResourceId.ParseAll<DedicatedHostId>(hostIds).Select(id => id.Value)];

    private static (string? Type, string? Family) ParseTypes(string? type, string? family)
    {
        if (type is not null && family is not null)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter instanceType cannot be used with the parameter instanceFamily");
        }

        // Macs are hosts of their own, of which there is none here.
        if ((type ?? family)?.StartsWith("mac", StringComparison.Ordinal) == true)
        {
            throw DedicatedHostErrors.NoMachine();
        }

        var known = type is not null ? [InstanceTypeCatalog.Require(type)] : InstanceTypeCatalog.All.Where(other => family is not null && DedicatedHost.FamilyOf(other.Name) == family).ToArray();
        return (type, family) is (null, null) || known.Any(other => other.Description.DedicatedHostsSupported == true)
            ? (type, family)
            : throw (known.Length == 0 ? Ec2Errors.InvalidParameterValue($"Invalid value '{family}' for InstanceFamily.") : DedicatedHostErrors.TypeUnsupported(type ?? family!));
    }

    private static bool ParseOnOff(string parameter, string value) => value switch
    {
        "on" => true,
        "off" => false,
        _ => throw Ec2Errors.InvalidValue(parameter, value, "Valid values are on and off."),
    };

    /// <summary>A machine whose disks cannot move is not recovered on another.</summary>
    private static void RefuseSwitches(string? recovery, string? maintenance)
    {
        if (recovery is not null && ParseOnOff("hostRecovery", recovery))
        {
            throw Ec2Errors.Unsupported("Disks of this cloud stay on their machine; a host is not recovered on another.");
        }

        if (maintenance is not null && ParseOnOff("hostMaintenance", maintenance))
        {
            throw Ec2Errors.Unsupported("Disks of this cloud stay on their machine; a host is not moved for maintenance.");
        }
    }
}
