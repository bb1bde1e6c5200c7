namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a key pair, <c>key-…</c>.</summary>
internal readonly record struct KeyPairId(string Value) : IResourceId<KeyPairId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.KeyPair;

    /// <inheritdoc/>
    public static KeyPairId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
