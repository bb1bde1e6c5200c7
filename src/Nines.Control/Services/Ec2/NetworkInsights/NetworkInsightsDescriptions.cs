using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Reachability;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.NetworkInsights;

/// <summary>Paths and analyses as EC2 answers them.</summary>
internal sealed class NetworkInsightsDescriptions(string region)
{
    /// <summary>A path.</summary>
    public Api.Ec2.NetworkInsightsPath Describe(NetworkInsightsPath path) => new()
    {
        NetworkInsightsPathId = path.Id,
        NetworkInsightsPathArn = Arn(path.AccountId, ResourceKind.NetworkInsightsPath, path.Id),
        CreatedDate = path.CreatedDate,
        Source = path.Source,
        SourceArn = ArnOf(path.AccountId, path.Source),
        Destination = path.Destination,
        DestinationArn = path.Destination is null ? null : ArnOf(path.AccountId, path.Destination),
        SourceIp = path.SourceIp,
        DestinationIp = path.DestinationIp,
        Protocol = path.Protocol,
        DestinationPort = path.DestinationPort,
        Tags = path.Tags.ToApi(),
    };

    /// <summary>An analysis.</summary>
    public Api.Ec2.NetworkInsightsAnalysis Describe(NetworkInsightsAnalysis analysis) => new()
    {
        NetworkInsightsAnalysisId = analysis.Id,
        NetworkInsightsAnalysisArn = Arn(analysis.AccountId, ResourceKind.NetworkInsightsAnalysis, analysis.Id),
        NetworkInsightsPathId = analysis.PathId,
        StartDate = analysis.StartDate,
        Status = StatusOf(analysis),
        StatusMessage = analysis.Failure,
        NetworkPathFound = analysis.Failure is null ? analysis.IsPathFound : null,
        ForwardPathComponents = Components(analysis, isAnswer: false),
        ReturnPathComponents = Components(analysis, isAnswer: true),
        Explanations = [.. analysis.Steps.Where(step => !step.Passes).Select(step => Explain(analysis.AccountId, step))],
        Tags = analysis.Tags.ToApi(),
    };

    /// <summary>An analysis in the moment in which it was asked for.</summary>
    public static Api.Ec2.NetworkInsightsAnalysis Started(Api.Ec2.NetworkInsightsAnalysis analysis) =>
        analysis with { Status = "running", StatusMessage = null, NetworkPathFound = null, ForwardPathComponents = null, ReturnPathComponents = null, Explanations = null };

    /// <summary>AWS's name of an analysis' state.</summary>
    public static string StatusOf(NetworkInsightsAnalysis analysis) => analysis.Failure is null ? "succeeded" : "failed";

    /// <summary>What lets it pass, where the whole way is found; else only why not is told, as by AWS.</summary>
    private ImmutableArray<PathComponent> Components(NetworkInsightsAnalysis analysis, bool isAnswer) => !analysis.IsPathFound ? [] :
    [
        .. analysis.Steps.Where(step => step.IsAnswer == isAnswer).Select((step, index) => new PathComponent
        {
            SequenceNumber = index + 1,
            Component = Component(analysis.AccountId, step.ResourceId),
        }),
    ];

    private Explanation Explain(string accountId, ReachStep step)
    {
        var ids = step.ResourceId.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var components = ids.Select(id => Component(accountId, id)).ToList();
        var explanation = new Explanation { ExplanationCode = step.Code, MissingComponent = step.Text };
        return ResourceKind.Of(step.ResourceId) switch
        {
            { Prefix: "acl" } => explanation with { Acl = components[0] },
            { Prefix: "rtb" } => explanation with { RouteTable = components[0] },
            { Prefix: "eni" } => explanation with { NetworkInterface = components[0] },
            { Prefix: "pcx" } => explanation with { VpcPeeringConnection = components[0] },
            { Prefix: "nat" } => explanation with { NatGateway = components[0] },
            { Prefix: "subnet" } => explanation with { Subnet = components[0] },
            { Prefix: "sg" } => explanation with { SecurityGroups = components },
            _ => explanation with { Component = components.FirstOrDefault() },
        };
    }

    private AnalysisComponent Component(string accountId, string id) => new() { Id = id, Arn = ArnOf(accountId, id) };

    private string? ArnOf(string accountId, string id) => ResourceKind.Of(id) is { } kind ? Arn(accountId, kind, id) : null;

    private string Arn(string accountId, ResourceKind kind, string id) => $"arn:aws:ec2:{region}:{accountId}:{kind.ResourceType}/{id}";
}
