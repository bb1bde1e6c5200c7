namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of an internet gateway, <c>igw-…</c>.</summary>
internal readonly record struct InternetGatewayId(string Value) : IResourceId<InternetGatewayId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.InternetGateway;

    /// <inheritdoc/>
    public static InternetGatewayId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
