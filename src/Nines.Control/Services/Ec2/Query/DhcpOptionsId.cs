namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a set of DHCP options, <c>dopt-…</c>.</summary>
internal readonly record struct DhcpOptionsId(string Value) : IResourceId<DhcpOptionsId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.DhcpOptions;

    /// <inheritdoc/>
    public static DhcpOptionsId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
