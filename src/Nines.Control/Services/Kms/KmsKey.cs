using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Kms;

/// <summary>A symmetric key that never leaves the cloud: others hand in what is to be encrypted or decrypted with it.</summary>
internal sealed record KmsKey : IResource
{
    public static readonly TableDefinition<KmsKey> Table = new("kms-keys", KmsJsonContext.Default.KmsKey);

    public required string AccountId { get; init; }

    /// <summary>A UUID, as KMS names its keys.</summary>
    public required string Id { get; init; }

    /// <summary>What its owner wrote about it.</summary>
    public string Description { get; init; } = "";

    public DateTimeOffset CreationDate { get; init; }

    /// <summary>Whether it is the cloud's own key for one of its services, which only that service's resources use.</summary>
    public bool IsManaged { get; init; }

    /// <summary>Whether it was switched off.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>When it goes for good; <see langword="null"/>: it stays.</summary>
    public DateTimeOffset? DeletionDate { get; init; }

    /// <summary>The secrets, sealed; the last one encrypts, and each decrypts what it encrypted.</summary>
    public required ImmutableArray<KeyMaterial> Materials { get; init; }

    /// <summary>Days between rotations; <see langword="null"/>: it is not rotated by itself.</summary>
    public int? RotationPeriodDays { get; init; }

    /// <summary>When it is rotated next, where it is.</summary>
    public DateTimeOffset? NextRotation { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Whether it encrypts and decrypts.</summary>
    [JsonIgnore]
    public bool IsEnabled => !IsDisabled && DeletionDate is null;

    /// <summary>The state as KMS names it.</summary>
    [JsonIgnore]
    public string State => DeletionDate is not null ? Api.Kms.KeyState.PendingDeletion : IsDisabled ? Api.Kms.KeyState.Disabled : Api.Kms.KeyState.Enabled;

    /// <summary>The key with a new secret, which encrypts from now on.</summary>
    public KmsKey Rotated(KeyMaterial material) => this with { Materials = Materials.Add(material) };
}
