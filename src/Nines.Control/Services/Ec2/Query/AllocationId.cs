namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of an elastic address, <c>eipalloc-…</c>.</summary>
internal readonly record struct AllocationId(string Value) : IResourceId<AllocationId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.ElasticAddress;

    /// <inheritdoc/>
    public static AllocationId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
