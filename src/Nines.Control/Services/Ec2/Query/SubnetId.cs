namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a subnet, <c>subnet-…</c>.</summary>
internal readonly record struct SubnetId(string Value) : IResourceId<SubnetId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.Subnet;

    /// <inheritdoc/>
    public static SubnetId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
