namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a route table, <c>rtb-…</c>.</summary>
internal readonly record struct RouteTableId(string Value) : IResourceId<RouteTableId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.RouteTable;

    /// <inheritdoc/>
    public static RouteTableId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
