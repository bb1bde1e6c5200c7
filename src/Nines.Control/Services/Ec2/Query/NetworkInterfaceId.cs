namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a network interface, <c>eni-…</c>.</summary>
internal readonly record struct NetworkInterfaceId(string Value) : IResourceId<NetworkInterfaceId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.NetworkInterface;

    /// <inheritdoc/>
    public static NetworkInterfaceId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
