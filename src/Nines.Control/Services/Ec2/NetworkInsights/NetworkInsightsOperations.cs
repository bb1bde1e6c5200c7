using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NetworkInsights;

/// <summary>What a client may ask of paths and analyses.</summary>
internal sealed class NetworkInsightsOperations(Cloud cloud, NetworkInsightsDescriptions descriptions) : IOperations
{
    /// <summary>The filters of DescribeNetworkInsightsPaths.</summary>
    internal static readonly FilterSet<NetworkInsightsPath> Paths = new FilterSet<NetworkInsightsPath>()
        .Add("destination", path => path.Destination)
        .Add("protocol", path => path.Protocol)
        .Add("source", path => path.Source)
        .AddNeverMatching(
            "filter-at-source.source-address", "filter-at-source.source-port-range", "filter-at-source.destination-address", "filter-at-source.destination-port-range",
            "filter-at-destination.source-address", "filter-at-destination.source-port-range", "filter-at-destination.destination-address",
            "filter-at-destination.destination-port-range")
        .AddTags(path => path.Tags);

    /// <summary>The filters of DescribeNetworkInsightsAnalyses.</summary>
    internal static readonly FilterSet<NetworkInsightsAnalysis> Analyses = new FilterSet<NetworkInsightsAnalysis>()
        .Add("path-found", analysis => analysis.IsPathFound)
        .Add("status", NetworkInsightsDescriptions.StatusOf)
        .AddTags(analysis => analysis.Tags);

    private static readonly PageLimits s_pages = new(1, 100);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.DescribeNetworkInsightsPaths, DescribePathsAsync);
        table.On(Ec2Api.DescribeNetworkInsightsAnalyses, DescribeAnalysesAsync);
    }

    private ValueTask<DescribeNetworkInsightsPathsResult> DescribePathsAsync(DescribeNetworkInsightsPathsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Paths.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeNetworkInsightsPaths", call.AccountId, input.Filters));
        var paths = Lookup.Select<NetworkInsightsPath, NetworkInsightsPathId>(cloud, NetworkInsightsPath.Table, call.AccountId, input.NetworkInsightsPathIds, page.AfterKey);
        var (items, next) = page.Take(paths.Where(matches), path => path.Id);
        return new(new DescribeNetworkInsightsPathsResult { NetworkInsightsPaths = [.. items.Select(descriptions.Describe)], NextToken = next });
    }

    private ValueTask<DescribeNetworkInsightsAnalysesResult> DescribeAnalysesAsync(DescribeNetworkInsightsAnalysesRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Analyses.Compile(input.Filters);
        var pathId = input.NetworkInsightsPathId is null ? null : ResourceId.Parse<NetworkInsightsPathId>(input.NetworkInsightsPathId).Value;
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeNetworkInsightsAnalyses", call.AccountId, input.Filters));
        var analyses = Lookup.Select<NetworkInsightsAnalysis, NetworkInsightsAnalysisId>(
                cloud, NetworkInsightsAnalysis.Table, call.AccountId, input.NetworkInsightsAnalysisIds, page.AfterKey)
            .Where(analysis => pathId is null || analysis.PathId == pathId)
            .Where(analysis => (input.AnalysisStartTime is not { } start || analysis.StartDate >= start) && (input.AnalysisEndTime is not { } end || analysis.StartDate <= end));
        var (items, next) = page.Take(analyses.Where(matches), analysis => analysis.Id);
        return new(new DescribeNetworkInsightsAnalysesResult { NetworkInsightsAnalyses = [.. items.Select(descriptions.Describe)], NextToken = next });
    }
}
