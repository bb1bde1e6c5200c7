using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Images;

/// <summary>A machine image. Its content lies in the hosts' image stores and is known there by its digest.</summary>
internal sealed record Image : ITaggable<Image>
{
    /// <summary>All images.</summary>
    public static readonly TableDefinition<Image> Table = new("images", Ec2JsonContext.Default.Image);

    /// <summary>Whose kept memory a public image's is; no account is called so.</summary>
    public const string Everybody = "everybody";

    /// <summary>By its own id, whatever the account: a public image is launched from other accounts than its owner's.</summary>
    public static readonly IndexDefinition<Image> ById = Table.Index("id", image => image.Id);

    /// <summary>The images that name a snapshot.</summary>
    public static readonly IndexDefinition<Image> BySnapshot = Table.IndexMany("snapshot", image => image.Mappings.Select(mapping => mapping.SnapshotId).OfType<string>());

    /// <summary>The account that owns it.</summary>
    public required string AccountId { get; init; }

    /// <summary>The id, <c>ami-…</c>. That of an image in the image stores has the first 17 digits of its digest: the same content has the same id in every cloud.</summary>
    public required string Id { get; init; }

    /// <summary>What users call it, such as <c>tiny</c>; one image of an owner at a time has it.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Digest of the content by which hosts know it; for an image of snapshots, of the image that theirs was once, whose kernel or firmware starts it.</summary>
    public required string Digest { get; init; }

    /// <summary>Whether it can be launched.</summary>
    public ImageState State { get; init; }

    /// <summary>Why it failed, or <see langword="null"/>.</summary>
    public string? StateMessage { get; init; }

    /// <summary>Whether every account may launch it.</summary>
    public bool IsPublic { get; init; }

    /// <summary>The accounts that may launch it beside its owner.</summary>
    public ImmutableSortedSet<string> SharedWith { get; init; } = [];

    /// <summary>The instance that it was made of, or <see langword="null"/>.</summary>
    public string? SourceInstanceId { get; init; }

    /// <summary>The image that it was made or copied from, or <see langword="null"/>.</summary>
    public string? SourceImageId { get; init; }

    /// <summary>That image's region, or <see langword="null"/>.</summary>
    public string? SourceImageRegion { get; init; }

    /// <summary>When it counts as superseded, or <see langword="null"/>: others than its owner no longer see it in lists.</summary>
    public DateTimeOffset? DeprecationTime { get; init; }

    /// <summary>Whether it can be deregistered.</summary>
    public DeregistrationProtection Protection { get; init; }

    /// <summary>Until when it cannot be deregistered though its protection was taken away, or <see langword="null"/>.</summary>
    public DateTimeOffset? ProtectedUntil { get; init; }

    /// <summary>What is on it.</summary>
    public GuestPlatform Platform { get; init; }

    /// <summary>Which disks and adapters its machines have.</summary>
    public DeviceModel Devices { get; init; }

    /// <summary>Whether its owner says that it drives the cloud's own network adapters. With Windows, the machines of one that does have virtio, and those of others do not.</summary>
    public bool EnaSupport { get; init; } = true;

    /// <summary>The client token that it was made with, or <see langword="null"/>.</summary>
    public string? ClientToken { get; init; }

    /// <summary>The processor it needs, <c>x86_64</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>How it boots: <c>legacy-bios</c>, <c>uefi</c> or <c>uefi-preferred</c>; <see langword="null"/> when the hypervisor loads its kernel.</summary>
    public string? BootMode { get; init; }

    /// <summary>The TPM that machines of it have, <c>v2.0</c>, or <see langword="null"/>.</summary>
    public string? TpmSupport { get; init; }

    /// <summary>The variables that its machines' UEFI firmware begins with, in EC2's form; <see langword="null"/>: none.</summary>
    public string? UefiData { get; init; }

    /// <summary>The root disk's device, <c>/dev/xvda</c>.</summary>
    public required string RootDeviceName { get; init; }

    /// <summary>The smallest root volume, in GiB.</summary>
    public required int RootVolumeSizeGiB { get; init; }

    /// <summary>With less memory the guest does not come up; MiB.</summary>
    public int MinimumMemoryMiB { get; init; }

    /// <summary>Whether a guest of it can be kept, so that servers start as copies of its memory.</summary>
    public bool HasGate { get; init; }

    /// <summary>The snapshot whose disk a guest of it is kept with; <see langword="null"/>: the disk in the hosts' image stores.</summary>
    public string? GateSnapshotId { get; init; }

    /// <summary>The user that a key pair lets in; <c>nines ssh</c> and people use it.</summary>
    public string? DefaultUser { get; init; }

    /// <summary>When it was built or imported.</summary>
    public required DateTimeOffset CreationDate { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The disks of an image that was made of snapshots, the root disk among them; none for one whose only disk lies in the hosts' image stores.</summary>
    public ImmutableArray<ImageMapping> Mappings { get; init; } = [];

    /// <summary>Whether its disk lies in the hosts' image stores; else its disks are snapshots.</summary>
    [JsonIgnore]
    public bool IsStored => Mappings.IsEmpty;

    /// <summary>The disks of what is launched from it.</summary>
    [JsonIgnore]
    public ImmutableArray<ImageMapping> Disks => IsStored
        ? [new ImageMapping { DeviceName = RootDeviceName, SnapshotId = RootSnapshotId, SizeGiB = RootVolumeSizeGiB, VolumeType = "gp3" }]
        : Mappings;

    /// <summary>The snapshot that root volumes begin as; that of an image in the image stores is named after the digest like the image.</summary>
    [JsonIgnore]
    public string RootSnapshotId => IsStored
        ? string.Concat("snap-", Digest.AsSpan(0, 17))
        : Mappings.First(mapping => mapping.DeviceName == RootDeviceName).SnapshotId!;

    /// <summary>What the owner is known as, or <see langword="null"/>.</summary>
    [JsonIgnore]
    public string? OwnerAlias => AccountId == ImageOwners.CloudAccountId ? ImageOwners.CloudAlias : null;

    /// <summary>Whose kept memory an account's servers of it start from: nobody shares that of an image which is not everybody's.</summary>
    public string KeptFor(string accountId) => IsPublic ? Everybody : accountId;

    /// <summary>Whether an account may see it, and launch it if it is available.</summary>
    public bool IsVisibleTo(string accountId) => AccountId == accountId || (State == ImageState.Available && (IsPublic || SharedWith.Contains(accountId)));

    /// <summary>Whether it counts as superseded.</summary>
    public bool IsDeprecated(DateTimeOffset now) => now >= DeprecationTime;

    /// <summary>What an account may see of it: tags are each account's own (EC2 User Guide: Tag your Amazon EC2 resources).</summary>
    public Image SeenBy(string accountId) => AccountId == accountId || Tags.IsEmpty ? this : WithTags(TagMap.Empty);

    /// <inheritdoc/>
    public Image WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
