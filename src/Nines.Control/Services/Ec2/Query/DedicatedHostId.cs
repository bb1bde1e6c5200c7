namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a dedicated host, <c>h-…</c>.</summary>
internal readonly record struct DedicatedHostId(string Value) : IResourceId<DedicatedHostId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.DedicatedHost;

    /// <inheritdoc/>
    public static DedicatedHostId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
