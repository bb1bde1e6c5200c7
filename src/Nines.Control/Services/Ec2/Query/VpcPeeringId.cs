namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a peering of VPCs, <c>pcx-…</c>.</summary>
internal readonly record struct VpcPeeringId(string Value) : IResourceId<VpcPeeringId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.VpcPeering;

    /// <inheritdoc/>
    public static VpcPeeringId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
