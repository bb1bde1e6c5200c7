using System.Collections.Immutable;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What the names and ids of a launch stand for, found in the launch's own transaction.</summary>
internal sealed record LaunchTarget
{
    public required Image Image { get; init; }

    public required InstanceType Type { get; init; }

    /// <summary>Whose kept memory the instances may start from, or <see langword="null"/> to boot.</summary>
    public string? FastLaunchOwner { get; init; }

    public KeyPair? KeyPair { get; init; }

    public required Vpc Vpc { get; init; }

    /// <summary>Where the instances may go; one subnet unless the request leaves the zone open.</summary>
    public required IReadOnlyList<Subnet> Subnets { get; init; }

    /// <summary>The adapters in the order of their device index.</summary>
    public required ImmutableArray<LaunchAdapter> Adapters { get; init; }

    public required ImmutableArray<LaunchDisk> Disks { get; init; }

    /// <summary>The one host that has the snapshots which the disks start as; <see langword="null"/>: any host will do.</summary>
    public string? HostId { get; init; }

    /// <summary>The placement group that the instances come into, or <see langword="null"/>.</summary>
    public PlacementGroup? Group { get; init; }

    /// <summary>That group's rule for their hosts.</summary>
    public GroupPlacement? Placement { get; init; }

    /// <summary>The dedicated hosts that the instances may be on; <see langword="null"/>: they are on none.</summary>
    public IReadOnlyList<DedicatedHost>? DedicatedHosts { get; init; }

    /// <summary>The capacity reservations that the instances may run in, the oldest first.</summary>
    public required IReadOnlyList<CapacityReservation> Reservations { get; init; }

    /// <summary>Whether the instances stop at their credits, where that is said; <see langword="null"/> for what their family does.</summary>
    public string? CpuCredits { get; init; }

    /// <summary>The machines of the dedicated hosts in a zone; <see langword="null"/>: the instances are on none.</summary>
    public IReadOnlySet<string>? MachinesIn(string zone) => DedicatedHosts?.Where(host => host.Zone == zone).Select(host => host.MachineId).ToHashSet(StringComparer.Ordinal);

    /// <summary>What each instance takes of its host.</summary>
    public Demand Demand => new(Type.VCpus, Type.MemoryMiB);

    /// <exception cref="AwsException">Something that the request names does not exist, or does not go with the rest.</exception>
    public static LaunchTarget Find(
        CloudTransaction transaction, LaunchRequest request, string accountId, IReadOnlyCollection<string> zones, SnapshotCatalog snapshots, VolumeKeys keys, DateTimeOffset now)
    {
        var image = FindImage(transaction, request.ImageId, accountId);
        var type = FindType(request, image);
        var key = FindKey(transaction, request.KeyName, accountId);
        var disks = new LaunchDisks(image.RootDeviceName, id => SnapshotCatalog.DemandOf(transaction, image, id), id => snapshots.Demand(transaction, accountId, ResourceId.Parse<SnapshotId>(id).Value))
            .Plan(image.Disks, request.BlockDeviceMappings);
        disks = [.. disks.Select(disk => disk with { Key = keys.ForVolume(transaction, accountId, disk.Encryption, disk.Source, now) })];
        var host = HostOf(transaction, disks);
        var subnets = Near(host, FindSubnets(transaction, request, accountId, zones), disks);
        var vpc = transaction.Find(Vpc.Table, accountId, subnets[0].VpcId)
            ?? throw Ec2Errors.NotFound(ResourceKind.Vpc, subnets[0].VpcId);
        var group = request is { GroupName: null, GroupId: null } ? null : PlacementGroupRules.RequireForChange(transaction, accountId, request.GroupName, request.GroupId);
        var reservations = CapacityReservationRules.For(transaction, accountId, type.Name, image.Platform, request.Capacity, group is not null || request.IsOnDedicatedHost, now);
        var dedicated = request.IsOnDedicatedHost ? DedicatedHostRules.For(transaction, accountId, type.Name, request.DedicatedHostId) : null;
        subnets = dedicated is null ? subnets : On(dedicated, subnets);
        return new LaunchTarget
        {
            Image = image,
            Type = type,
            FastLaunchOwner = FastLaunchPlan.OwnerOf(image, transaction.Find(FastLaunch.Table, accountId, image.Id), accountId),
            KeyPair = key,
            Vpc = vpc,
            CpuCredits = type.IsBurstable ? request.CpuCredits ?? CreditOptions.DefaultOf(transaction, accountId, type.Name) : null,
            Group = group,
            Placement = group is null ? null : PlacementGroupRules.For(transaction, group, type.Name, request.PartitionNumber),
            Reservations = reservations,
            DedicatedHosts = dedicated,
            Subnets = request.Capacity.ReservationId is null ? subnets : In(reservations[0], subnets),
            Adapters = FindAdapters(transaction, request, type, vpc, subnets[0]),
            Disks = disks,
            HostId = host?.Id,
        };
    }

    /// <summary>The groups of an interface, which must exist in its network; the network's default group when none is named.</summary>
    /// <exception cref="AwsException"><c>InvalidGroup.NotFound</c>, <c>InvalidParameter</c>.</exception>
    public static ImmutableArray<string> FindGroups(CloudTransaction transaction, LaunchInterface wanted, Vpc vpc, Subnet subnet)
    {
        var found = ImmutableArray.CreateBuilder<string>();
        foreach (var id in wanted.GroupIds)
        {
            var group = SecurityGroup.FindOpen(transaction, vpc.AccountId, id);
            if (!group.IsTakenIn(transaction, vpc.Id))
            {
                throw new AwsException("InvalidParameter", $"Security group {id} and subnet {subnet.Id} belong to different networks.");
            }

            found.Add(group.Id);
        }

        foreach (var name in wanted.GroupNames)
        {
            var group = transaction.By(SecurityGroup.ByVpc, vpc.Id).FirstOrDefault(group => group.Name == name)
                ?? throw new AwsException("InvalidGroup.NotFound", $"The security group '{name}' does not exist in default VPC '{vpc.Id}'");
            if (!found.Contains(group.Id))
            {
                found.Add(SecurityGroup.FindOpen(transaction, group.AccountId, group.Id).Id);
            }
        }

        return found.Count == 0 ? [vpc.DefaultSecurityGroupId] : found.ToImmutable();
    }

    private static ImmutableArray<LaunchAdapter> FindAdapters(CloudTransaction transaction, LaunchRequest request, InstanceType type, Vpc vpc, Subnet primary)
    {
        if (request.Interfaces.Length > type.MaximumNetworkInterfaces)
        {
            throw InterfaceErrors.TooManyOnInstance(request.Interfaces.Length, type.Name);
        }

        var named = request.Interfaces.Select(wanted => wanted.NetworkInterfaceId).OfType<string>().ToArray();
        return named.Distinct().Count() == named.Length
            ? [.. request.Interfaces.Select((wanted, index) => FindAdapter(transaction, wanted, index == 0, vpc, primary))]
            : throw Ec2Errors.InvalidParameterValue("A network interface may be specified only once.");
    }

    private static LaunchAdapter FindAdapter(CloudTransaction transaction, LaunchInterface wanted, bool isPrimary, Vpc vpc, Subnet primary)
    {
        var subnetId = wanted.NetworkInterfaceId is { } existing ? FindInterface(transaction, vpc.AccountId, existing).SubnetId : wanted.SubnetId;
        if (isPrimary || subnetId is null)
        {
            return new(wanted, null, FindGroups(transaction, wanted, vpc, primary));
        }

        var subnet = Subnet.FindOpen(transaction, vpc.AccountId, subnetId);
        if (subnet.VpcId != vpc.Id)
        {
            throw Ec2Errors.Unsupported($"The subnets {primary.Id} and {subnet.Id} are in different VPCs; the machines of this cloud are in one.");
        }

        return subnet.AvailabilityZone == primary.AvailabilityZone
            ? new(wanted, subnet, FindGroups(transaction, wanted, vpc, subnet))
            : throw InterfaceErrors.OtherZone();
    }

    /// <summary>An image that an account may launch.</summary>
    /// <exception cref="AwsException"><c>InvalidAMIID.NotFound</c>, <c>InvalidAMIID.Unavailable</c>.</exception>
    public static Image FindImage(CloudTransaction transaction, string id, string accountId)
    {
        // Found, not only listed: an image that is put away or deregistered at the same time makes this launch look again.
        var image = transaction.By(Image.ById, id).FirstOrDefault(image => image.IsVisibleTo(accountId)) is { } known ? transaction.Find(Image.Table, known.AccountId, known.Id) : null;
        if (image?.IsVisibleTo(accountId) is not true)
        {
            throw Ec2Errors.NotFound(ResourceKind.Image, id);
        }

        return image.State == ImageState.Available ? image : throw ImageErrors.NotAvailable(id);
    }

    private static HostRecord? HostOf(CloudTransaction transaction, ImmutableArray<LaunchDisk> disks)
    {
        string[] hosts = [.. disks.Select(disk => disk.Source?.HostId).OfType<string>().Distinct()];
        return hosts switch
        {
            [] => null,
            [var only] => transaction.Find(HostRecord.Table, HostRecord.Owner, only) ?? throw SnapshotErrors.NoHost(SnapshotsOf(disks)),
            _ => throw SnapshotErrors.DifferentHosts(SnapshotsOf(disks)),
        };
    }

    private static IEnumerable<string> SnapshotsOf(ImmutableArray<LaunchDisk> disks) => disks.Select(disk => disk.Source).OfType<Snapshot>().Where(source => source.HostId is not null).Select(source => source.Id);

    /// <summary>Those subnets whose zone the host serves on which the snapshots lie.</summary>
    private static IReadOnlyList<Subnet> Near(HostRecord? host, IReadOnlyList<Subnet> subnets, ImmutableArray<LaunchDisk> disks)
    {
        IReadOnlyList<Subnet> near = host is null ? subnets : [.. subnets.Where(subnet => host.Zones.Contains(subnet.AvailabilityZone))];
        return near.Count > 0 ? near : throw SnapshotErrors.OtherZone(SnapshotsOf(disks).First(), subnets[0].AvailabilityZone);
    }

    /// <summary>Those subnets whose zone the reservation is in that the request names.</summary>
    private static IReadOnlyList<Subnet> In(CapacityReservation reservation, IReadOnlyList<Subnet> subnets)
    {
        IReadOnlyList<Subnet> within = [.. subnets.Where(subnet => subnet.AvailabilityZone == reservation.Zone)];
        return within.Count > 0 ? within : throw CapacityReservationErrors.DoesNotFit(reservation.Id, "Availability Zone");
    }

    /// <summary>Those subnets whose zone has one of the hosts.</summary>
    private static IReadOnlyList<Subnet> On(IReadOnlyList<DedicatedHost> hosts, IReadOnlyList<Subnet> subnets)
    {
        IReadOnlyList<Subnet> within = [.. subnets.Where(subnet => hosts.Any(host => host.Zone == subnet.AvailabilityZone))];
        return within.Count > 0 ? within : throw DedicatedHostErrors.NoMachine();
    }

    private static InstanceType FindType(LaunchRequest request, Image image)
    {
        var type = InstanceTypeCatalog.Require(request.InstanceType);
        if (type.MemoryMiB < image.MinimumMemoryMiB)
        {
            throw Ec2Errors.InvalidParameterCombination(
                $"The instance type '{type.Name}' has {type.MemoryMiB} MiB of memory; the image '{image.Id}' needs {image.MinimumMemoryMiB} MiB.");
        }

        if (image.TpmSupport is not null && !type.HasTpm)
        {
            throw Ec2Errors.InvalidParameterCombination($"The instance type '{type.Name}' does not support the TPM that the image '{image.Id}' asks for.");
        }

        if (request.CpuCredits is not null && !type.IsBurstable)
        {
            throw Ec2Errors.InvalidParameterCombination($"Specifying CpuCredits for the instance type '{type.Name}', which is not burstable, is not supported.");
        }

        if (request.VCpus is { } vCpus && vCpus != type.VCpus)
        {
            throw Ec2Errors.Unsupported($"The instance type '{type.Name}' has {type.VCpus} virtual processors; CpuOptions cannot change that.");
        }

        return type;
    }

    private static KeyPair? FindKey(CloudTransaction transaction, string? name, string accountId) => name is null
        ? null
        : KeyPair.FindByName(transaction, accountId, name) ?? throw Ec2Errors.NotFound(ResourceKind.KeyPair, name);

    private static IReadOnlyList<Subnet> FindSubnets(CloudTransaction transaction, LaunchRequest request, string accountId, IReadOnlyCollection<string> zones)
    {
        if (request.Zone is { } asked && !zones.Contains(asked))
        {
            throw Ec2Errors.InvalidParameterValue($"Invalid availability zone: [{asked}]");
        }

        var first = request.Interfaces[0];
        var wanted = first.NetworkInterfaceId is { } existing ? FindInterface(transaction, accountId, existing).SubnetId : first.SubnetId;
        if (wanted is not { } id)
        {
            // A further adapter that names its subnet leaves the primary one no zone but that.
            var others = request.Interfaces.Select(adapter => adapter.NetworkInterfaceId is { } other ? FindInterface(transaction, accountId, other).SubnetId : adapter.SubnetId);
            var named = others.OfType<string>().FirstOrDefault();
            return DefaultSubnets(transaction, request.Zone ?? (named is null ? null : Subnet.FindOpen(transaction, accountId, named).AvailabilityZone), accountId);
        }

        var subnet = Subnet.FindOpen(transaction, accountId, id);
        return request.Zone is null || request.Zone == subnet.AvailabilityZone
            ? [subnet]
            : throw Ec2Errors.InvalidParameterValue($"The availability zone '{request.Zone}' does not match the zone '{subnet.AvailabilityZone}' of the subnet '{id}'.");
    }

    private static NetworkInterface FindInterface(CloudTransaction transaction, string accountId, string id)
    {
        var adapter = transaction.Find(NetworkInterface.Table, accountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInterface, id);
        return adapter is { Attachment: null, ManagerId: null } ? adapter : throw InterfaceErrors.InUse(id);
    }

    private static IReadOnlyList<Subnet> DefaultSubnets(CloudTransaction transaction, string? zone, string accountId)
    {
        var vpc = transaction.List(Vpc.Table, accountId).FirstOrDefault(vpc => vpc.IsDefault)
            ?? throw new AwsException("VPCIdNotSpecified", "No default VPC for this user. GroupName is only supported for EC2-Classic and default VPC.");
        IReadOnlyList<Subnet> subnets =
        [
            .. transaction.By(Subnet.ByVpc, vpc.Id)
                .Where(subnet => subnet is { DefaultForAz: true, IsClosing: false } && (zone is null || subnet.AvailabilityZone == zone))
                .OrderBy(subnet => subnet.AvailabilityZone, StringComparer.Ordinal),
        ];
        return subnets.Count > 0
            ? subnets
            : throw new AwsException("MissingInput", $"No subnets found for the default VPC '{vpc.Id}'. Please specify a subnet.");
    }
}
