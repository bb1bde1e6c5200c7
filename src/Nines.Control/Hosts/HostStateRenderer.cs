using System.Collections.Immutable;
using System.Globalization;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Firmware;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>Says a host in its own terms what the records ask of it, record by record: pure.</summary>
internal static class HostStateRenderer
{
    /// <summary>A machine. A terminated one names no disks or adapters: they have a life of their own or are gone.</summary>
    /// <param name="instance">The instance.</param>
    /// <param name="adapters">Its adapters in the order of their device index.</param>
    /// <param name="volumes">Its disks in the order of the guest's bus.</param>
    /// <param name="groupNames">Names of the primary adapter's groups.</param>
    /// <param name="region">The region's name.</param>
    /// <param name="zoneId">The zone's id.</param>
    public static VmSpec Vm(
        Instance instance, IReadOnlyList<NetworkInterface> adapters, IReadOnlyList<Volume> volumes, ImmutableArray<string> groupNames, string region, string zoneId) => new()
        {
            Id = instance.Id,
            ImageDigest = instance.ImageDigest,
            InstanceType = instance.InstanceType,
            Power = instance.Power switch
            {
                InstancePower.Running => VmPower.Running,
                InstancePower.Stopped => VmPower.Stopped,
                _ => VmPower.Terminated,
            },
            BootGeneration = instance.BootGeneration,
            RebootGeneration = instance.RebootGeneration,
            ForceStop = instance.ForceStop,
            Hibernate = instance.Hibernate,
            FastLaunchOwner = instance.FastLaunchOwner,
            VCpus = instance.VCpus,
            MemoryMiB = instance.MemoryMiB,
            HasTpm = instance.TpmSupport is not null,
            UefiVariables = instance is { HasRun: false, UefiData: { } data } ? Convert.ToBase64String(UefiVariableStore.Write(UefiData.Read(data))) : null,
            CpuLimitPercent = CpuLimitPercent(instance),
            Disks = [.. volumes.Select(volume => new VmDisk(volume.Id, volume.Attachment!.DeviceName))],
            Interfaces =
            [
                .. adapters.Select(adapter => new VmInterface(
                    adapter.Id, adapter.VpcId, adapter.MacAddress, adapter.Attachment!.DeviceIndex, adapter.LinkDown,
                    Leaving: adapter.Attachment.State == InterfaceAttachmentState.Detaching)),
            ],
            Metadata = Metadata(instance, groupNames, region, zoneId),
        };

    /// <summary>A disk. Once it is made, nobody needs what it started as any more.</summary>
    /// <param name="volume">The volume.</param>
    /// <param name="tell">What a host is told of a key.</param>
    public static VolumeSpec Volume(Volume volume, Func<VolumeKey?, DiskKey?> tell) => new()
    {
        Id = volume.Id,
        SizeGiB = volume.SizeGiB,
        ImageDigest = volume.ImageDigest,
        SnapshotId = volume.StartsAsSnapshot ? volume.SnapshotId : null,
        Key = tell(volume.Key),
        SourceKey = volume.Ready ? null : tell(volume.SourceKey),
        IopsLimit = VolumeRules.IopsLimit(volume.Shape),
        BytesPerSecondLimit = VolumeRules.BytesPerSecondLimit(volume.Shape),
        Replication = VolumeRules.ReplicationOf(volume.VolumeType, volume.Tags),
        AcceptedCopy = volume.Loss is { IsAccepted: true } loss ? loss.CopyOf : null,
        IsMade = volume.Made,
        Presence = volume.State == Services.Ec2.Volumes.VolumeState.Deleting ? Presence.Absent : Presence.Present,
    };

    /// <summary>A snapshot. Of keys only a copy that is still to be made needs to know.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="tell">What a host is told of a key.</param>
    public static SnapshotSpec Snapshot(Snapshot snapshot, Func<VolumeKey?, DiskKey?> tell) => new(
        snapshot.Id, snapshot.VolumeId, snapshot.State == Services.Ec2.Snapshots.SnapshotState.Deleting ? Presence.Absent : Presence.Present)
    {
        SetId = snapshot.SetId,
        Moment = snapshot.Moment,
        CopyOf = snapshot.CopyOf,
        Key = IsToBeCopied(snapshot) ? tell(snapshot.Key) : null,
        SourceKey = IsToBeCopied(snapshot) ? tell(snapshot.SourceKey) : null,
    };

    private static bool IsToBeCopied(Snapshot snapshot) => snapshot is { CopyOf: not null, State: Services.Ec2.Snapshots.SnapshotState.Pending };

    /// <summary>An adapter. An instance's own names are those of its primary one.</summary>
    public static InterfaceSpec Interface(NetworkInterface adapter, Instance instance) => new()
    {
        Id = adapter.Id,
        VmId = adapter.Attachment!.InstanceId,
        SubnetId = adapter.SubnetId,
        MacAddress = adapter.MacAddress,
        PrivateIpAddress = adapter.PrivateIpAddress,
        PublicIpAddress = adapter.PublicIpAddress,
        SecondaryAddresses = [.. adapter.SecondaryAddresses.Select(address => new InterfaceAddressSpec(address.PrivateIpAddress, address.PublicIpAddress))],
        HostName = adapter.Attachment!.DeviceIndex == 0 ? InstanceNames.HostName(instance, adapter.PrivateIpAddress) : InstanceNames.HostName(adapter.PrivateIpAddress),
        ResourceName = adapter.Attachment!.DeviceIndex == 0 && instance.NameOptions is { ResourceNameRecord: true } ? instance.Id : null,
        SecurityGroupIds = adapter.SecurityGroupIds,
        SourceDestinationCheck = adapter.SourceDestCheck,
        LinkDown = adapter.LinkDown,
    };

    /// <summary>A security group. A rule that names a prefix list is one for each of its blocks; rules about IPv6 have no packets here.</summary>
    /// <param name="group">The group.</param>
    /// <param name="memberAddresses">Who is in it.</param>
    /// <param name="blocksOf">The blocks of a prefix list.</param>
    /// <param name="isStale">Whether a rule names a group of a VPC that no peering leads to any more: it means nobody.</param>
    public static SecurityGroupSpec SecurityGroup(
        SecurityGroup group, ImmutableSortedSet<string> memberAddresses, Func<string, IEnumerable<string>> blocksOf, Func<SecurityGroupRule, bool> isStale) => new()
    {
        Id = group.Id,
        Ingress = [.. group.Rules.Where(rule => !rule.IsEgress && !isStale(rule)).SelectMany(rule => Rules(rule, blocksOf))],
        Egress = [.. group.Rules.Where(rule => rule.IsEgress && !isStale(rule)).SelectMany(rule => Rules(rule, blocksOf))],
        MemberAddresses = memberAddresses,
    };

    /// <summary>Processor time in percent of one processor: all virtual processors, or the type's baseline once its credits are used up.</summary>
    public static int CpuLimitPercent(Instance instance) =>
        instance.CpuThrottled && CreditRate.Of(instance.InstanceType) is { } rate ? rate.BaselinePercent : instance.VCpus * 100;

    private static IEnumerable<SecurityGroupRuleSpec> Rules(SecurityGroupRule rule, Func<string, IEnumerable<string>> blocksOf)
    {
        var blocks = rule.PrefixListId is { } list ? blocksOf(list) : Enumerable.Repeat(rule.CidrIpv4, 1);
        return rule.CidrIpv6 is not null
            ? []
            : blocks.Select(block => new SecurityGroupRuleSpec(ProtocolNumber(rule.Protocol), rule.FromPort, rule.ToPort, block, rule.ReferencedGroupId));
    }

    private static int ProtocolNumber(string protocol) => protocol switch
    {
        "icmp" => 1,
        "tcp" => 6,
        "udp" => 17,
        "icmpv6" => 58,
        _ => int.Parse(protocol, CultureInfo.InvariantCulture),
    };

    private static InstanceMetadata Metadata(Instance instance, ImmutableArray<string> groupNames, string region, string zoneId) => new()
    {
        AccountId = instance.AccountId,
        Region = region,
        AvailabilityZone = instance.Zone,
        AvailabilityZoneId = zoneId,
        ImageId = instance.ImageId,
        ReservationId = instance.ReservationId,
        LaunchIndex = instance.LaunchIndex,
        LaunchTime = instance.LaunchTime,
        SecurityGroupNames = groupNames,
        KeyName = instance.KeyName,
        PublicKey = instance.PublicKey,
        ActiveSshKeys = instance.ActiveSshKeys,
        UserData = instance.UserData ?? [],
        Tags = instance.MetadataOptions.TagsEnabled ? instance.Tags.ToImmutableDictionary() : ImmutableDictionary<string, string>.Empty,
        InstanceTagsEnabled = instance.MetadataOptions.TagsEnabled,
        EndpointEnabled = instance.MetadataOptions.EndpointEnabled,
        TokensRequired = instance.MetadataOptions.TokensRequired,
        HopLimit = instance.MetadataOptions.HopLimit,
        InstanceProfileArn = instance.InstanceProfileArn,
        PlacementGroupName = instance.PlacementGroupName,
        PlacementPartition = instance.PlacementPartition,
    };
}
