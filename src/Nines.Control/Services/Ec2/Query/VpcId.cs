namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a VPC, <c>vpc-…</c>.</summary>
internal readonly record struct VpcId(string Value) : IResourceId<VpcId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.Vpc;

    /// <inheritdoc/>
    public static VpcId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
