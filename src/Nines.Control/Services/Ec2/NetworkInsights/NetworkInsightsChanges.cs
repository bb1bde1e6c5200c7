using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Reachability;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Wire;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using Token = Nines.Control.Services.Ec2.ClientTokens.ClientToken;

namespace Nines.Control.Services.Ec2.NetworkInsights;

/// <summary>Making paths and analysing them, and deleting both.</summary>
internal sealed class NetworkInsightsChanges(Cloud cloud, IIdSource ids, NetworkInsightsDescriptions descriptions) : IOperations
{
    private const string PathType = "network-insights-path";
    private const string AnalysisType = "network-insights-analysis";

    private readonly ReachEngine _engine = new(cloud);
    private readonly ReachParser _parser = new(cloud);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateNetworkInsightsPath, CreatePathAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteNetworkInsightsPath, DeletePathAsync, answersDryRun: true);
        table.On(Ec2Api.StartNetworkInsightsAnalysis, StartAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteNetworkInsightsAnalysis, DeleteAnalysisAsync, answersDryRun: true);
    }

    private async ValueTask<CreateNetworkInsightsPathResult> CreatePathAsync(CreateNetworkInsightsPathRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.FilterAtSource is not null || input.FilterAtDestination is not null)
        {
            throw Ec2Errors.Unsupported("Paths of this cloud have no filters of headers; name the address and the port.");
        }

        var wanted = Parse(input, call);
        var fingerprint = $"{wanted.Source} {wanted.Destination} {wanted.SourceIp} {wanted.DestinationIp} {wanted.Protocol} {wanted.DestinationPort}";
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (Token.MadeBefore(transaction, call.AccountId, PathType, wanted.ClientToken, fingerprint) is { } earlier)
                {
                    return transaction.Find(NetworkInsightsPath.Table, call.AccountId, earlier)!;
                }

                if (cloud.Count(NetworkInsightsPath.Table, call.AccountId) >= NetworkLimits.MaxInsightsPaths)
                {
                    throw new AwsException("NetworkInsightsPathLimitExceeded", "The maximum number of Network Insights paths has been reached.");
                }

                call.AnswerDryRun();
                var path = wanted with { Id = ids.Next("nip") };
                Token.Remember(transaction, call.AccountId, PathType, wanted.ClientToken, fingerprint, path.Id);
                transaction.Insert(NetworkInsightsPath.Table, path);
                return path;
            },
            cancellationToken);
        return new CreateNetworkInsightsPathResult { NetworkInsightsPath = descriptions.Describe(made) };
    }

    private NetworkInsightsPath Parse(CreateNetworkInsightsPathRequest input, Call call)
    {
        var path = new NetworkInsightsPath
        {
            AccountId = call.AccountId,
            Id = "",
            Source = Name(input.Source ?? throw Ec2Errors.MissingParameter("Source")),
            Destination = input.Destination is null ? null : Name(input.Destination),
            SourceIp = Address(input.SourceIp, "SourceIp"),
            DestinationIp = Address(input.DestinationIp, "DestinationIp"),
            Protocol = input.Protocol is "tcp" or "udp" ? input.Protocol : throw Ec2Errors.InvalidValue("Protocol", input.Protocol, "Valid values are tcp and udp."),
            DestinationPort = input.DestinationPort is null or (>= 1 and <= 65535) ? input.DestinationPort : throw Ec2Errors.InvalidValue("DestinationPort", $"{input.DestinationPort}", "Valid values are 1 to 65535."),
            CreatedDate = call.Now,
            ClientToken = Token.Parse(input.ClientToken),
            Tags = TagRules.Parse(input.TagSpecifications, PathType).For(PathType),
        };
        if (path is { Destination: null, DestinationIp: null })
        {
            throw Ec2Errors.MissingParameter("Destination");
        }

        _ = Ends(path);
        return path;
    }

    private async ValueTask<StartNetworkInsightsAnalysisResult> StartAsync(StartNetworkInsightsAnalysisRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.AdditionalAccounts is { Count: > 0 } || input.FilterInArns is { Count: > 0 })
        {
            throw Ec2Errors.Unsupported("Analyses of this cloud look at every resource on the way, whichever it is.");
        }

        var pathId = ResourceId.Parse<NetworkInsightsPathId>(input.NetworkInsightsPathId).Value;
        var token = Token.Parse(input.ClientToken);
        var tags = TagRules.Parse(input.TagSpecifications, AnalysisType).For(AnalysisType);
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (Token.MadeBefore(transaction, call.AccountId, AnalysisType, token, pathId) is { } earlier)
                {
                    return transaction.Find(NetworkInsightsAnalysis.Table, call.AccountId, earlier)!;
                }

                var path = transaction.Find(NetworkInsightsPath.Table, call.AccountId, pathId) ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInsightsPath, pathId);
                call.AnswerDryRun();
                var analysis = Analyse(path, call.Now) with { ClientToken = token, Tags = tags };
                Token.Remember(transaction, call.AccountId, AnalysisType, token, pathId, analysis.Id);
                transaction.Insert(NetworkInsightsAnalysis.Table, analysis);

                // Whoever deletes the path at the same time must meet this.
                transaction.Put(NetworkInsightsPath.Table, path);
                return analysis;
            },
            cancellationToken);
        return new StartNetworkInsightsAnalysisResult { NetworkInsightsAnalysis = NetworkInsightsDescriptions.Started(descriptions.Describe(made)) };
    }

    private async ValueTask<DeleteNetworkInsightsPathResult> DeletePathAsync(DeleteNetworkInsightsPathRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<NetworkInsightsPathId>(input.NetworkInsightsPathId).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var path = transaction.Find(NetworkInsightsPath.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInsightsPath, id);
                if (transaction.By(NetworkInsightsAnalysis.ByPath, id).Count > 0)
                {
                    throw new AwsException("AnalysisExistsForNetworkInsightsPath", $"The path {id} cannot be deleted because it has an analysis.");
                }

                call.AnswerDryRun();
                Token.Forget(transaction, call.AccountId, PathType, path.ClientToken);
                transaction.Delete(NetworkInsightsPath.Table, path);
            },
            cancellationToken);
        return new DeleteNetworkInsightsPathResult { NetworkInsightsPathId = id };
    }

    private async ValueTask<DeleteNetworkInsightsAnalysisResult> DeleteAnalysisAsync(DeleteNetworkInsightsAnalysisRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<NetworkInsightsAnalysisId>(input.NetworkInsightsAnalysisId).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var analysis = transaction.Find(NetworkInsightsAnalysis.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.NetworkInsightsAnalysis, id);
                call.AnswerDryRun();
                Token.Forget(transaction, call.AccountId, AnalysisType, analysis.ClientToken);
                transaction.Delete(NetworkInsightsAnalysis.Table, analysis);
            },
            cancellationToken);
        return new DeleteNetworkInsightsAnalysisResult { NetworkInsightsAnalysisId = id };
    }

    private NetworkInsightsAnalysis Analyse(NetworkInsightsPath path, DateTimeOffset now)
    {
        var analysis = new NetworkInsightsAnalysis { AccountId = path.AccountId, Id = ids.Next("nia"), PathId = path.Id, StartDate = now };
        try
        {
            var (from, to) = Ends(path);
            return analysis with { Steps = _engine.Follow(from, to, new ReachTraffic(path.Protocol, path.DestinationPort ?? ReachTraffic.EphemeralPort)).Steps };
        }
        catch (AwsException gone)
        {
            return analysis with { Failure = gone.Message };
        }
    }

    private (ReachEndpoint From, ReachEndpoint To) Ends(NetworkInsightsPath path)
    {
        var from = End(path, path.Source, path.SourceIp, null);
        return (from, End(path, path.Destination ?? path.DestinationIp!, path.DestinationIp, from));
    }

    /// <summary>A thing by its id, or by the address that is said with it.</summary>
    private ReachEndpoint End(NetworkInsightsPath path, string name, string? address, ReachEndpoint? from)
    {
        if (ResourceKind.Of(name) == ResourceKind.InternetGateway)
        {
            return cloud.Find(InternetGateway.Table, path.AccountId, name) is null ? throw Ec2Errors.NotFound(ResourceKind.InternetGateway, name)
                : address is null ? ReachEndpoint.Outside()
                : ReachEndpoint.Outside(address);
        }

        var named = _parser.Parse(path.AccountId, name, from);
        if (address is null || address == name)
        {
            return named;
        }

        var other = _parser.Parse(path.AccountId, address, from);
        return other.Adapter?.Attachment?.InstanceId == named.Adapter?.Attachment?.InstanceId && other.Adapter is not null
            ? other
            : throw Ec2Errors.InvalidParameterValue($"The address {address} is not one of {name}.");
    }

    /// <summary>An id, or the id that an ARN ends in.</summary>
    private static string Name(string text)
    {
        var name = text.StartsWith("arn:", StringComparison.Ordinal) ? text[(text.LastIndexOf('/') + 1)..] : text;
        return ResourceKind.Of(name) is { } kind && (kind == ResourceKind.Instance || kind == ResourceKind.NetworkInterface || kind == ResourceKind.InternetGateway) && ResourceId.IsWellFormed(kind, name)
            ? name
            : throw Ec2Errors.InvalidParameterValue(string.Create(CultureInfo.InvariantCulture, $"'{text}' is not an instance, a network interface or an internet gateway."));
    }

    private static string? Address(string? text, string parameter) => text is null || Ipv4Block.TryParseAddress(text, out _)
        ? text
        : throw Ec2Errors.InvalidValue(parameter, text, "It is not an IPv4 address.");
}
