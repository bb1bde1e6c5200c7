using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.CapacityReservations;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>A RunInstances request whose every parameter was checked for itself; that what it names exists was not.</summary>
internal sealed record LaunchRequest
{
    public required int MinCount { get; init; }

    public required int MaxCount { get; init; }

    public required string ImageId { get; init; }

    public required string InstanceType { get; init; }

    public string? KeyName { get; init; }

    /// <summary>The zone asked for, or <see langword="null"/> for the subnet's or any.</summary>
    public string? Zone { get; init; }

    /// <summary>The name of the placement group asked for; or its id is given, or neither.</summary>
    public string? GroupName { get; init; }

    /// <summary>The id of the placement group asked for; or its name is given, or neither.</summary>
    public string? GroupId { get; init; }

    /// <summary>The partition of the group asked for.</summary>
    public int? PartitionNumber { get; init; }

    /// <summary>Whether the instances run on dedicated hosts of the account.</summary>
    public bool IsOnDedicatedHost { get; init; }

    /// <summary>The dedicated host asked for; <see langword="null"/>: any that takes instances which name none.</summary>
    public string? DedicatedHostId { get; init; }

    /// <summary>Whether the instances belong to their dedicated host while they are stopped.</summary>
    public bool HostAffinity { get; init; }

    /// <summary>The capacity reservations that the instances may run in.</summary>
    public required CapacityChoice Capacity { get; init; }

    /// <summary>The adapters in the order of their device index, the primary one first.</summary>
    public required ImmutableArray<LaunchInterface> Interfaces { get; init; }

    public IReadOnlyList<BlockDeviceMapping>? BlockDeviceMappings { get; init; }

    public ImmutableArray<byte>? UserData { get; init; }

    public required MetadataOptions MetadataOptions { get; init; }

    /// <summary>What the instances are called in their network.</summary>
    public required PrivateNameOptions NameOptions { get; init; }

    public ShutdownBehavior ShutdownBehavior { get; init; }

    public bool DisableApiTermination { get; init; }

    public bool DisableApiStop { get; init; }

    public bool HibernationConfigured { get; init; }

    public bool EbsOptimized { get; init; }

    public bool AutoRecoveryDisabled { get; init; }

    public bool MonitoringEnabled { get; init; }

    public string? InstanceProfileArn { get; init; }

    public string? CpuCredits { get; init; }

    /// <summary>Virtual processors asked for, or <see langword="null"/> for the type's.</summary>
    public int? VCpus { get; init; }

    /// <summary>Tags by resource type.</summary>
    public required ImmutableDictionary<string, ImmutableSortedDictionary<string, string>> Tags { get; init; }

    public string? ClientToken { get; init; }

    /// <summary>Digest of everything but the token; <see langword="null"/> without one.</summary>
    public string? Fingerprint { get; init; }
}
