namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a placement group, <c>pg-…</c>.</summary>
internal readonly record struct PlacementGroupId(string Value) : IResourceId<PlacementGroupId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.PlacementGroup;

    /// <inheritdoc/>
    public static PlacementGroupId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
