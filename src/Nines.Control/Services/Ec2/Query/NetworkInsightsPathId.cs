namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of a path to analyse, <c>nip-…</c>.</summary>
internal readonly record struct NetworkInsightsPathId(string Value) : IResourceId<NetworkInsightsPathId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.NetworkInsightsPath;

    /// <inheritdoc/>
    public static NetworkInsightsPathId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
