using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>A volume as it was at one moment. It lies where the volume lay and outlives it.</summary>
internal sealed record Snapshot : ITaggable<Snapshot>
{
    public static readonly TableDefinition<Snapshot> Table = new("snapshots", InstanceJsonContext.Default.Snapshot);

    /// <summary>By its own id, whatever the account: what a host reports names only the snapshot.</summary>
    public static readonly IndexDefinition<Snapshot> ById = Table.Index("id", snapshot => snapshot.Id);

    /// <summary>The snapshots that lie on a host.</summary>
    public static readonly IndexDefinition<Snapshot> ByHost = Table.Index("host", snapshot => snapshot.HostId);

    /// <summary>The snapshots that a key of KMS opens, or makes.</summary>
    public static readonly IndexDefinition<Snapshot> ByKmsKey = Table.IndexMany(
        "kms-key", snapshot => new[] { snapshot.Key, snapshot.SourceKey }.OfType<VolumeKey>().Select(key => key.KmsKeyId).Distinct());

    /// <summary>The snapshots that are to be taken in the reboot of an instance.</summary>
    public static readonly IndexDefinition<Snapshot> ByRebootOf = Table.Index("reboot-of", snapshot => snapshot.State is SnapshotState.Pending ? snapshot.Moment?.VmId : null);

    /// <summary>What EC2 names as the volume of a snapshot that was made of none.</summary>
    public const string NoVolume = "vol-ffffffff";

    [JsonConverter(typeof(InternedStringConverter))]
    public required string AccountId { get; init; }

    public required string Id { get; init; }

    /// <summary>The volume that it is of, which may be gone.</summary>
    public required string VolumeId { get; init; }

    /// <summary>Size of the volume at that moment.</summary>
    public required int SizeGiB { get; init; }

    /// <summary>The host that it lies on; <see langword="null"/>: on none, as the volume did.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? HostId { get; init; }

    /// <summary>For a snapshot on no host: digest of the image whose disk its volume was to start as, or <see langword="null"/> when it was empty.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? ImageDigest { get; init; }

    /// <summary>Digest of the image whose disk its volume was once: that image's kernel or firmware starts it. <see langword="null"/> when it was empty.</summary>
    [JsonConverter(typeof(InternedStringConverter))]
    public string? BootDigest { get; init; }

    /// <summary>Snapshots of the same set are of one moment; <see langword="null"/> for one that was taken alone.</summary>
    public string? SetId { get; init; }

    /// <summary>The reboot that its moment is a part of, or <see langword="null"/>.</summary>
    public SnapshotMoment? Moment { get; init; }

    /// <summary>The snapshot of the same host that it is a copy of, or <see langword="null"/>.</summary>
    public string? CopyOf { get; init; }

    /// <summary>What it is encrypted with, or <see langword="null"/>: it is not.</summary>
    public VolumeKey? Key { get; init; }

    /// <summary>For a copy: what its source is encrypted with, or <see langword="null"/>: it is not.</summary>
    public VolumeKey? SourceKey { get; init; }

    public SnapshotState State { get; init; }

    /// <summary>What went wrong, or <see langword="null"/>.</summary>
    public string? StateMessage { get; init; }

    public DateTimeOffset StartTime { get; init; }

    /// <summary>What its owner wrote about it.</summary>
    public string Description { get; init; } = "";

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Whether everybody may make volumes of it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The accounts that may make volumes of it beside its owner.</summary>
    public ImmutableSortedSet<string> SharedWith { get; init; } = [];

    /// <summary>What keeps it from being deleted, or <see langword="null"/>.</summary>
    public SnapshotLock? Lock { get; init; }

    /// <summary>How far it is taken, as EC2 says it: it is taken whole or not at all.</summary>
    [JsonIgnore]
    public string Progress => State == SnapshotState.Completed ? "100%" : "0%";

    /// <summary>Whether an account may make volumes of it, as its owner or because it was named.</summary>
    public bool IsOf(string accountId) => AccountId == accountId || SharedWith.Contains(accountId);

    /// <summary>What an account may see of it: tags are each account's own (EC2 User Guide: Tag your Amazon EC2 resources).</summary>
    public Snapshot SeenBy(string accountId) => AccountId == accountId || Tags.IsEmpty ? this : WithTags(TagMap.Empty);

    public Snapshot WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
