namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a network access control list, <c>acl-…</c>.</summary>
internal readonly record struct NetworkAclId(string Value) : IResourceId<NetworkAclId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.NetworkAcl;

    /// <inheritdoc/>
    public static NetworkAclId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
