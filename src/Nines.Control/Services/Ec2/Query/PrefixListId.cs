namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a managed prefix list, <c>pl-…</c>.</summary>
internal readonly record struct PrefixListId(string Value) : IResourceId<PrefixListId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.PrefixList;

    /// <inheritdoc/>
    public static PrefixListId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
