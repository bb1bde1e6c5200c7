namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a NAT gateway, <c>nat-…</c>.</summary>
internal readonly record struct NatGatewayId(string Value) : IResourceId<NatGatewayId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.NatGateway;

    /// <inheritdoc/>
    public static NatGatewayId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
