using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.LaunchTemplates;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// Launches instances: everything is checked, then all records of the launch are written in one transaction, then it is
/// answered with instances that are pending. Hosts learn of them from the records.
/// </summary>
internal sealed class RunInstances(Cloud cloud, IIdSource ids, HostLedger ledger, ZoneCatalog zones, AddressOptions addresses, SnapshotCatalog snapshots, VolumeKeys keys, InstanceViews views)
{
    public async ValueTask<RunInstancesResult> AnswerAsync(RunInstancesRequest input, Call call, CancellationToken cancellationToken)
    {
        var request = Parse(input, call.AccountId);
        HostReservation? room = null;
        try
        {
            var launched = await cloud.WriteAsync(
                call,
                transaction =>
                {
                    // The body runs again when it lost a race: what it reserved then is not what it needs now.
                    room?.Dispose();
                    room = null;
                    return FindEarlier(transaction, request, call) ?? Launch(transaction, request, call, out room);
                },
                cancellationToken);
            return views.ToRunResult(launched);
        }
        finally
        {
            room?.Dispose();
        }
    }

    /// <summary>The request with what its launch template says, and the account's defaults say; its token stands for what the client sent.</summary>
    private LaunchRequest Parse(RunInstancesRequest input, string accountId)
    {
        if (input.LaunchTemplate is not { } named)
        {
            return LaunchRequests.Parse(InstanceMetadataDefaults.Apply(cloud, accountId, input), accountId) with { Fingerprint = LaunchRequests.FingerprintOf(input) };
        }

        var version = LaunchTemplateLookup.RequireVersion(cloud, accountId, named);
        var request = LaunchRequests.Parse(InstanceMetadataDefaults.Apply(cloud, accountId, LaunchTemplateData.Apply(input, version.Data)), accountId);
        var tags = request.Tags.For("instance")
            .SetItem("aws:ec2launchtemplate:id", version.TemplateId)
            .SetItem("aws:ec2launchtemplate:version", version.Number.ToString(CultureInfo.InvariantCulture));
        return request with { Tags = request.Tags.SetItem("instance", tags), Fingerprint = LaunchRequests.FingerprintOf(input) };
    }

    /// <summary>What the same request launched before, or <see langword="null"/>.</summary>
    private static IReadOnlyList<Instance>? FindEarlier(CloudTransaction transaction, LaunchRequest request, Call call)
    {
        if (request.ClientToken is not { } token || transaction.Find(LaunchToken.Table, call.AccountId, token) is not { } used)
        {
            return null;
        }

        if (used.Fingerprint != request.Fingerprint)
        {
            throw InstanceErrors.TokenReused(token);
        }

        return [.. transaction.By(Instance.ByReservation, used.ReservationId).OrderBy(instance => instance.LaunchIndex)];
    }

    private IReadOnlyList<Instance> Launch(CloudTransaction transaction, LaunchRequest request, Call call, out HostReservation? room)
    {
        room = null;
        var target = LaunchTarget.Find(transaction, request, call.AccountId, [.. zones.Zones.Select(zone => zone.Name)], snapshots, keys, call.Now);
        call.AnswerDryRun();
        var subnet = Reserve(transaction, request, target, out room);
        var isFirst = !transaction.List(Instance.Table, call.AccountId).Any(instance => instance.HostId is not null);
        foreach (var host in room.HostIds.Distinct())
        {
            AddNetwork(transaction, host, subnet.VpcId, isFirst);
        }

        var instances = new LaunchRecords(transaction, ids, addresses.PublicPool, request, target, keys, call).Add(subnet, room);
        room.AssignTo([.. instances.Select(instance => instance.Id)]);
        return instances;
    }

    /// <summary>Room in the first subnet whose zone has enough; where the request leaves the zone open, launches begin with another zone each time.</summary>
    private Subnet Reserve(CloudTransaction transaction, LaunchRequest request, LaunchTarget target, out HostReservation room)
    {
        var first = (int)(transaction.Revision % target.Subnets.Count);
        foreach (var subnet in target.Subnets.Skip(first).Concat(target.Subnets.Take(first)))
        {
            // A full subnet is passed over as long as there is another; a request for it alone is told so.
            if (target.Subnets.Count > 1 && AddressAllocator.Available(cloud, subnet) < request.MaxCount)
            {
                continue;
            }

            if (target.Placement?.Zone is { } only && only != subnet.AvailabilityZone)
            {
                continue;
            }

            var (reserved, machines) = (target.Reservations.In(subnet.AvailabilityZone, request.Capacity), target.MachinesIn(subnet.AvailabilityZone));
            room = ledger.Reserve(
                subnet.AvailabilityZone, target.Demand, MaximumIn(subnet, request, target), target.HostId, target.Placement, reserved, machines);
            if (room.HostIds.Count >= request.MinCount)
            {
                return subnet;
            }

            room.Dispose();
        }

        if (request.Capacity.ReservationId is { } reservationId)
        {
            throw CapacityReservationErrors.Exceeded(reservationId);
        }

        if (target.DedicatedHosts is not null)
        {
            throw DedicatedHostErrors.Full();
        }

        var zone = target.Subnets[^1].AvailabilityZone;

        // Disks may be on one host only, and what a group's rule leaves of another zone is not known without trying it.
        var others = target.Placement is null && target.HostId is null ? ledger.ZonesFor(target.Demand).Where(other => other != zone) : [];
        throw InstanceErrors.InsufficientCapacity(target.Type.Name, zone, [.. others]);
    }

    /// <summary>How many instances a zone may get: a spread group has a limit there.</summary>
    private static int MaximumIn(Subnet subnet, LaunchRequest request, LaunchTarget target)
    {
        if (target.Placement is not { Strategy: GroupStrategy.Spread } placement)
        {
            return request.MaxCount;
        }

        var left = PlacementGroupRules.MaximumSpread - placement.Members.Count(member => member.Zone == subnet.AvailabilityZone);
        return left >= request.MinCount ? Math.Min(left, request.MaxCount) : throw PlacementGroupErrors.TooManySpread(target.Group!.Name, subnet.AvailabilityZone);
    }

    /// <summary>Has the host carry the network from now on.</summary>
    /// <param name="transaction">The launch's own.</param>
    /// <param name="hostId">The host.</param>
    /// <param name="vpcId">The network.</param>
    /// <param name="isFirst">Whether the account has no other machine: a reset of another account that has hosts purged because nobody else has one must meet this.</param>
    private static void AddNetwork(CloudTransaction transaction, string hostId, string vpcId, bool isFirst)
    {
        // Found, not peeked: a host that drops the network at the same time makes this launch look again.
        if (transaction.Find(HostRecord.Table, HostRecord.Owner, hostId) is { } host && (isFirst || !host.VpcIds.Contains(vpcId)))
        {
            transaction.Put(HostRecord.Table, host with { VpcIds = host.VpcIds.Add(vpcId) });
        }
    }
}
