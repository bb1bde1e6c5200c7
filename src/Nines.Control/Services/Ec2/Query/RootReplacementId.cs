namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a root volume's replacement, <c>replacevol-…</c>.</summary>
internal readonly record struct RootReplacementId(string Value) : IResourceId<RootReplacementId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.RootReplacement;

    /// <inheritdoc/>
    public static RootReplacementId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
