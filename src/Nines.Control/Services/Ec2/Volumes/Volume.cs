using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>A disk. It lies on one host and ends only when it is told to.</summary>
internal sealed record Volume : ITaggable<Volume>
{
    public static readonly TableDefinition<Volume> Table = new("volumes", InstanceJsonContext.Default.Volume);

    /// <summary>By its own id, whatever the account: what a host reports names only the volume.</summary>
    public static readonly IndexDefinition<Volume> ById = Table.Index("id", volume => volume.Id);

    /// <summary>The volumes that an instance is to get or to lose.</summary>
    public static readonly IndexDefinition<Volume> ByMoving = Table.Index(
        "moving", volume => volume.Attachment is { State: not VolumeAttachmentState.Attached } attachment ? attachment.InstanceId : null);

    /// <summary>The volumes that lie on a host.</summary>
    public static readonly IndexDefinition<Volume> ByHost = Table.Index("host", volume => volume.HostId);

    /// <summary>The volumes that a key of KMS opens, or makes.</summary>
    public static readonly IndexDefinition<Volume> ByKmsKey = Table.IndexMany(
        "kms-key", volume => new[] { volume.Key, volume.SourceKey }.OfType<VolumeKey>().Select(key => key.KmsKeyId).Distinct());

    [JsonConverter(typeof(InternedStringConverter))]
    public required string AccountId { get; init; }

    public required string Id { get; init; }

    public required int SizeGiB { get; init; }

    /// <summary>AWS's type: <c>gp2</c>, <c>gp3</c>, <c>io1</c>, <c>io2</c>, <c>st1</c>, <c>sc1</c> or <c>standard</c>.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public required string VolumeType { get; init; }

    /// <summary>Input/output operations per second that the type promises, or <see langword="null"/> where it has no such figure.</summary>
    public int? Iops { get; init; }

    /// <summary>Throughput in MiB/s; gp3 only.</summary>
    public int? ThroughputMiBps { get; init; }

    /// <summary>The snapshot it was made from, or <see langword="null"/>.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? SnapshotId { get; init; }

    /// <summary>Digest of the image whose disk it starts as, or <see langword="null"/> for an empty disk.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? ImageDigest { get; init; }

    /// <summary>Whether the host has the snapshot that it was made from, and it starts as that; else it starts as an image's disk, or empty.</summary>
    public bool StartsAsSnapshot { get; init; }

    /// <summary>For a volume that starts as a snapshot: digest of the image whose disk that was once, or <see langword="null"/>.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? BootDigest { get; init; }

    /// <summary>What it is encrypted with, or <see langword="null"/>: it is not.</summary>
    public VolumeKey? Key { get; init; }

    /// <summary>For one that starts as a snapshot: what that is encrypted with, or <see langword="null"/>: it is not.</summary>
    public VolumeKey? SourceKey { get; init; }

    [JsonConverter(typeof(InternedStringConverter))]
    public required string Zone { get; init; }

    /// <summary>The host that it lies on; <see langword="null"/>: on none yet. It comes to lie on that of the first instance that has it.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? HostId { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    public DateTimeOffset CreateTime { get; init; }

    public VolumeState State { get; init; }

    /// <summary>Whether its host has made it.</summary>
    public bool Ready { get; init; }

    /// <summary>Whether its host has ever said that its disk is there. Then a disk that is gone is lost, and not made anew.</summary>
    public bool Made { get; init; }

    public VolumeAttachment? Attachment { get; init; }

    public VolumeModification? Modification { get; init; }

    /// <summary>How its copies stand, as its host says.</summary>
    public VolumeRedundancy Redundancy { get; init; }

    /// <summary>How much of a copy is made that is being made, in tens of percent.</summary>
    public int RebuiltPercent { get; init; }

    /// <summary>When one of its copies was lost, or there again.</summary>
    public DateTimeOffset? RedundancySince { get; init; }

    /// <summary>That its disk is lost and a copy of an earlier moment is left; <see langword="null"/> while it is not.</summary>
    public VolumeLoss? Loss { get; init; }

    /// <summary>Whether a volume whose data may be wrong goes on without being asked.</summary>
    public bool AutoEnableIo { get; init; }

    /// <summary>The client token that it was made with, or <see langword="null"/>.</summary>
    public string? ClientToken { get; init; }

    /// <summary>Its type with what the type promises.</summary>
    [JsonIgnore]
    public VolumeShape Shape => new(VolumeType, SizeGiB, Iops, ThroughputMiBps);

    /// <summary>As another shape.</summary>
    public Volume WithShape(VolumeShape shape) =>
        this with { VolumeType = shape.VolumeType, SizeGiB = shape.SizeGiB, Iops = shape.Iops, ThroughputMiBps = shape.ThroughputMiBps };

    public Volume WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
