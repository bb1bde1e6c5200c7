using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.KeyPairs;

/// <summary>A key pair: the public key that instances let in. The private key was given to the client and is not kept.</summary>
internal sealed record KeyPair : ITaggable<KeyPair>
{
    /// <summary>All key pairs.</summary>
    public static readonly TableDefinition<KeyPair> Table = new("key-pairs", Ec2JsonContext.Default.KeyPair);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>Unique within the account; a <see cref="KeyPairName"/> sees to that.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of key: <c>rsa</c> or <c>ed25519</c>.</summary>
    public required string KeyType { get; init; }

    /// <summary>The fingerprint in the form that EC2 gives this kind of key.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The public key as a line of <c>authorized_keys</c>: type, base64 and the pair's name.</summary>
    public required string PublicKey { get; init; }

    /// <summary>When it was made or imported.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The pair of that name, or <see langword="null"/>.</summary>
    public static KeyPair? FindByName(Cloud cloud, string accountId, string name) =>
        cloud.Find(KeyPairName.Table, accountId, name) is { } taken ? cloud.Find(Table, accountId, taken.KeyPairId) : null;

    /// <inheritdoc cref="FindByName(Cloud, string, string)"/>
    public static KeyPair? FindByName(CloudTransaction transaction, string accountId, string name) =>
        transaction.Find(KeyPairName.Table, accountId, name) is { } taken ? transaction.Find(Table, accountId, taken.KeyPairId) : null;

    /// <inheritdoc/>
    public KeyPair WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
