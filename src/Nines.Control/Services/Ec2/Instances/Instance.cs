using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// A virtual server. Its disks and adapters are records of their own; what it was launched from is pinned here, so that a
/// key pair or image may go while the instance stays.
/// </summary>
/// <remarks>A cloud holds a hundred thousand of these in memory: values that many share are interned, the rest is small.</remarks>
internal sealed record Instance : ITaggable<Instance>
{
    public static readonly TableDefinition<Instance> Table = new("instances", InstanceJsonContext.Default.Instance);

    /// <summary>By its own id, whatever the account: what a host reports names only the machine.</summary>
    public static readonly IndexDefinition<Instance> ById = Table.Index("id", instance => instance.Id);

    /// <summary>The instances that one RunInstances launched.</summary>
    public static readonly IndexDefinition<Instance> ByReservation = Table.Index("reservation", instance => instance.ReservationId);

    /// <summary>The instances whose machine, or what is left of it, lies on a host.</summary>
    public static readonly IndexDefinition<Instance> ByHost = Table.Index("host", instance => instance.HostId);

    /// <summary>The instances of a placement group.</summary>
    public static readonly IndexDefinition<Instance> ByPlacementGroup = Table.Index("placement-group", instance => instance.PlacementGroupId);

    /// <summary>The instances whose last start was into a capacity reservation.</summary>
    public static readonly IndexDefinition<Instance> ByCapacityReservation = Table.Index("capacity-reservation", instance => instance.CapacityReservationId);

    /// <summary>By the association with its profile.</summary>
    public static readonly IndexDefinition<Instance> ByProfileAssociation = Table.Index("profile-association", instance => instance.ProfileAssociationId);

    [JsonConverter(typeof(InternedStringConverter))]
    public required string AccountId { get; init; }

    public required string Id { get; init; }

    public required string ReservationId { get; init; }

    /// <summary>0 for the first instance of its reservation.</summary>
    public int LaunchIndex { get; init; }

    public string? ClientToken { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public required string ImageId { get; init; }

    /// <summary>Digest of the image's content, by which hosts know it.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public required string ImageDigest { get; init; }

    /// <summary>
    /// Whose kept memory it may be launched from: everybody's for a public image, the account's own for a private one, or
    /// <see langword="null"/> to boot.
    /// </summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? FastLaunchOwner { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string Architecture { get; init; } = "x86_64";

    /// <summary>What is on its root disk.</summary>
    public GuestPlatform Platform { get; init; }

    /// <summary>Which disks and adapters its machine has.</summary>
    public DeviceModel Devices { get; init; }

    /// <summary>How the image boots, or <see langword="null"/> when it does not say: <c>legacy-bios</c> or <c>uefi</c>.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? BootMode { get; init; }

    /// <summary>The TPM that its machine has, <c>v2.0</c>, or <see langword="null"/>.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? TpmSupport { get; init; }

    /// <summary>The variables that its UEFI firmware begins with at its first start, in EC2's form; <see langword="null"/>: none.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? UefiData { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string RootDeviceName { get; init; } = "/dev/xvda";

    [JsonConverter(typeof(InternedStringConverter))]
    public required string InstanceType { get; init; }

    /// <summary>Virtual processors of the type.</summary>
    public required int VCpus { get; init; }

    /// <summary>Memory of the type, in MiB.</summary>
    public required int MemoryMiB { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? KeyName { get; init; }

    /// <summary>The key pair's public key as it was at the launch, in OpenSSH's one-line form.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? PublicKey { get; init; }

    /// <summary>Keys that were given for a minute. Those that are over lie here until the next is given; nobody is told of them.</summary>
    public ImmutableArray<ActiveSshKey> ActiveSshKeys { get => field.IsDefault ? [] : field; init; } = [];

    [JsonConverter(typeof(InternedStringConverter))]
    public required string VpcId { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public required string SubnetId { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public required string Zone { get; init; }

    /// <summary>The placement group that it is in, or <see langword="null"/>.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? PlacementGroupId { get; init; }

    /// <summary>The name of that group, which never changes.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? PlacementGroupName { get; init; }

    /// <summary>Its partition of that group, where it has some.</summary>
    public int? PlacementPartition { get; init; }

    /// <summary>The dedicated host that it runs on; <see langword="null"/>: it shares its machine with other accounts.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? DedicatedHostId { get; init; }

    /// <summary>Whether it belongs to that host while it is stopped, as its owner says; its disks do in any case.</summary>
    public bool HostAffinity { get; init; }

    /// <summary>Which capacity reservations it may run in; <see langword="null"/>: any that is open and fits.</summary>
    public CapacityChoice? CapacityChoice { get; init; }

    /// <summary>The capacity reservation that its last start was into; while it is stopped it has no place there.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? CapacityReservationId { get; init; }

    /// <summary>User data, decoded; at most 16 KiB.</summary>
    public ImmutableArray<byte>? UserData { get; init; }

    /// <summary>What it is called in its network; <see langword="null"/> for what most are.</summary>
    public PrivateNameOptions? NameOptions { get; init; }

    public MetadataOptions MetadataOptions { get; init; } = MetadataOptions.Default;

    public ShutdownBehavior ShutdownBehavior { get; init; }

    public bool DisableApiTermination { get; init; }

    public bool DisableApiStop { get; init; }

    public bool EbsOptimized { get; init; }

    /// <summary>Whether it shall not be recovered by itself when its host fails.</summary>
    public bool AutoRecoveryDisabled { get; init; }

    /// <summary>Whether detailed monitoring was asked for.</summary>
    public bool MonitoringEnabled { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public string? InstanceProfileArn { get; init; }

    /// <summary>That it got its profile after its launch, or <see langword="null"/>.</summary>
    public InstanceProfileAssociation? ProfileAssociation { get; init; }

    /// <summary>The id of its association with a profile, or <see langword="null"/>; one that it was launched with is named after the instance.</summary>
    [JsonIgnore]
    public string? ProfileAssociationId => InstanceProfileArn is null || State.IsEnding() ? null : ProfileAssociation?.Id ?? string.Concat("iip-assoc-", Id.AsSpan(2));

    [JsonConverter(typeof(InternedStringConverter))]
    public string? CpuCredits { get; init; }

    /// <summary>Whether its CPU credits are used up and it goes on at its type's baseline.</summary>
    public bool CpuThrottled { get; init; }

    /// <summary>Adapters in the order of their device index; empty once terminated.</summary>
    public ImmutableArray<string> NetworkInterfaceIds { get; init; } = [];

    /// <summary>Disks in the order of the guest's bus, the root disk first; empty once terminated.</summary>
    public ImmutableArray<string> VolumeIds { get; init; } = [];

    /// <summary>Primary private address; kept until the end.</summary>
    public required string PrivateIpAddress { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>What the instance shall do.</summary>
    public InstancePower Power { get; init; }

    /// <summary>Whether it was launched to be able to hibernate.</summary>
    public bool HibernationConfigured { get; init; }

    /// <summary>Whether its memory is being saved, or is saved, for its next start.</summary>
    public bool Hibernate { get; init; }

    /// <summary>Whether a stop skips the guest.</summary>
    public bool ForceStop { get; init; }

    /// <summary>Counts the starts that were asked for, from 1.</summary>
    public long BootGeneration { get; init; } = 1;

    /// <summary>Counts the reboots that were asked for.</summary>
    public long RebootGeneration { get; init; }

    /// <summary>The host that holds its disks and runs it; <see langword="null"/> once nothing of it is left anywhere.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? HostId { get; init; }

    public InstanceState State { get; init; }

    /// <summary>When it entered its state.</summary>
    public DateTimeOffset StateSince { get; init; }

    /// <summary>When it was launched or last started.</summary>
    public DateTimeOffset LaunchTime { get; init; }

    public StateReason? StateReason { get; init; }

    /// <summary>AWS's free text, such as <c>User initiated (2026-11-22 19:04:57 GMT)</c>, or empty.</summary>
    public string? StateTransitionReason { get; init; }

    /// <summary>Counts changes of its disks and adapters: whoever looks at this record alone sees that something of it changed.</summary>
    public long DeviceRevision { get; init; }

    /// <summary>Whether its present boot began as a copy of kept memory.</summary>
    public bool FastLaunched { get; init; }

    /// <summary>What the operator will do to it, or did in the last days.</summary>
    public ImmutableArray<ScheduledEvent> Events { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>Whether its guest answers on its network, as its host last said.</summary>
    public VmReachability Reachability { get; init; }

    /// <summary>Since when that is so.</summary>
    public DateTimeOffset? ReachabilitySince { get; init; }

    /// <summary>Whether it ever ran; one that never did cannot be stopped.</summary>
    public bool HasRun { get; init; }

    public Instance WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
