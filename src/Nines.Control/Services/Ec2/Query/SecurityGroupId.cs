namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a security group, <c>sg-…</c>.</summary>
internal readonly record struct SecurityGroupId(string Value) : IResourceId<SecurityGroupId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.SecurityGroup;

    /// <inheritdoc/>
    public static SecurityGroupId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
