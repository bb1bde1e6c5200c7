namespace Nines.Control.Services.Ec2.Query;

/// <summary>The id of the analysis of a path, <c>nia-…</c>.</summary>
internal readonly record struct NetworkInsightsAnalysisId(string Value) : IResourceId<NetworkInsightsAnalysisId>
{
    /// <inheritdoc/>
    public static ResourceKind Kind => ResourceKind.NetworkInsightsAnalysis;

    /// <inheritdoc/>
    public static NetworkInsightsAnalysisId Wrap(string value) => new(value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
