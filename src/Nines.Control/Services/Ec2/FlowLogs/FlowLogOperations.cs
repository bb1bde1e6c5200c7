using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Wire;
using Token = Nines.Control.Services.Ec2.ClientTokens.ClientToken;

namespace Nines.Control.Services.Ec2.FlowLogs;

/// <summary>What a client may ask of flow logs.</summary>
internal sealed class FlowLogOperations(Cloud cloud, IIdSource ids, string region) : IOperations
{
    private const string Delivered = "SUCCESS";
    private const string Destination = "cloud-watch-logs";

    /// <summary>The filters of DescribeFlowLogs.</summary>
    internal static readonly FilterSet<FlowLog> Filters = new FilterSet<FlowLog>()
        .Add("deliver-log-status", _ => Delivered)
        .Add("flow-log-id", log => log.Id)
        .Add("log-destination-type", _ => Destination)
        .Add("log-group-name", log => log.LogGroupName)
        .Add("resource-id", log => log.ResourceId)
        .Add("traffic-type", Traffic)
        .AddTags(log => log.Tags);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateFlowLogs, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteFlowLogs, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeFlowLogs, DescribeAsync);
    }

    private async ValueTask<CreateFlowLogsResult> CreateAsync(CreateFlowLogsRequest input, Call call, CancellationToken cancellationToken)
    {
        var request = FlowLogRequest.Parse(input, region, call.AccountId);
        var tags = TagRules.Parse(input.TagSpecifications, FlowLog.ResourceType).For(FlowLog.ResourceType);
        var token = Token.Parse(input.ClientToken);
        var fingerprint = Token.FingerprintOf(input with { ClientToken = null, DryRun = null });
        List<UnsuccessfulItem> unsuccessful = [];
        var made = await cloud.WriteAsync(
            call,
            transaction =>
            {
                unsuccessful = [];
                if (Token.MadeBefore(transaction, call.AccountId, FlowLog.ResourceType, token, fingerprint) is { } earlier)
                {
                    return earlier.Split(' ');
                }

                var networks = request.ResourceIds.Select(id => (Id: id, VpcId: FlowLogRequest.VpcOf(transaction, call.AccountId, id))).ToList();
                if (request.Missing is { } missing)
                {
                    call.AnswerDryRun();
                    unsuccessful = [.. request.ResourceIds.Select(id => Unsuccessful(id, new AwsException("400", missing)))];
                    return [];
                }

                var refusals = networks.ToDictionary(network => network.Id, network => RefusalOf(transaction, request, network.Id));
                if (refusals.Values.All(refusal => refusal is not null))
                {
                    throw refusals[request.ResourceIds[0]]!;
                }

                call.AnswerDryRun();
                unsuccessful = [.. networks.Where(network => refusals[network.Id] is not null).Select(network => Unsuccessful(network.Id, refusals[network.Id]!))];
                var logs = networks.Where(network => refusals[network.Id] is null).Select(network => new FlowLog
                {
                    AccountId = call.AccountId,
                    Id = ids.Next("fl"),
                    VpcId = network.VpcId,
                    ResourceId = network.Id,
                    Traffic = request.Traffic,
                    LogGroupName = request.Group!,
                    LogDestination = request.Destination,
                    DeliverLogsPermissionArn = request.Role,
                    LogFormat = request.Format,
                    MaxAggregationInterval = request.Interval,
                    CreationTime = InstancePlan.WholeSecond(call.Now),
                    ClientToken = token,
                    Tags = tags,
                }).ToList();
                foreach (var log in logs)
                {
                    transaction.Insert(FlowLog.Table, log);
                }

                Token.Remember(transaction, call.AccountId, FlowLog.ResourceType, token, fingerprint, string.Join(' ', logs.Select(log => log.Id)));
                return [.. logs.Select(log => log.Id)];
            },
            cancellationToken);
        return new CreateFlowLogsResult { ClientToken = input.ClientToken, FlowLogIds = made, Unsuccessful = unsuccessful };
    }

    private async ValueTask<DeleteFlowLogsResult> DeleteAsync(DeleteFlowLogsRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.FlowLogIds is not { Count: > 0 })
        {
            throw Ec2Errors.MissingParameter("FlowLogId");
        }

        var named = ResourceId.ParseAll<FlowLogId>(input.FlowLogIds);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var logs = named.Select(id => (Id: id.Value, Log: transaction.Find(FlowLog.Table, call.AccountId, id.Value))).ToList();
                if (logs.Where(pair => pair.Log is null).Select(pair => pair.Id).ToList() is { Count: > 0 } missing)
                {
                    throw FlowLogErrors.NotFound(missing);
                }

                call.AnswerDryRun();
                foreach (var (_, log) in logs)
                {
                    FlowLog.Delete(transaction, log!);
                }
            },
            cancellationToken);
        return new DeleteFlowLogsResult { Unsuccessful = [] };
    }

    private ValueTask<DescribeFlowLogsResult> DescribeAsync(DescribeFlowLogsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = Filters.Compile(input.Filter);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeFlowLogs", call.AccountId, input.Filter));
        var named = ResourceId.ParseAll<FlowLogId>(input.FlowLogIds);
        if (named.Where(id => cloud.Find(FlowLog.Table, call.AccountId, id.Value) is null).Select(id => id.Value).ToList() is { Count: > 0 } missing)
        {
            throw FlowLogErrors.NotFound(missing);
        }

        var logs = Lookup.Select<FlowLog, FlowLogId>(cloud, FlowLog.Table, call.AccountId, input.FlowLogIds, page.AfterKey);
        var (items, next) = page.Take(logs.Where(matches), log => log.Id);
        return new(new DescribeFlowLogsResult { FlowLogs = [.. items.Select(Describe)], NextToken = next });
    }

    private static AwsException? RefusalOf(CloudTransaction transaction, FlowLogRequest request, string resourceId)
    {
        var known = transaction.By(FlowLog.ByResource, resourceId);
        return known.Any(log => log.LogGroupName == request.Group && log.Traffic == request.Traffic) ? FlowLogErrors.Exists()
            : known.Count >= NetworkLimits.MaxFlowLogsPerResource ? FlowLogErrors.TooMany(resourceId)
            : null;
    }

    private static UnsuccessfulItem Unsuccessful(string resourceId, AwsException refusal) =>
        new() { ResourceId = resourceId, Error = new UnsuccessfulItemError { Code = refusal.Code, Message = refusal.Message } };

    private static string Traffic(FlowLog log) => log.Traffic.ToString().ToUpperInvariant();

    private static Api.Ec2.FlowLog Describe(FlowLog log) => new()
    {
        FlowLogId = log.Id,
        FlowLogStatus = "ACTIVE",
        ResourceId = log.ResourceId,
        TrafficType = Traffic(log),
        LogDestinationType = Destination,
        LogDestination = log.LogDestination,
        LogGroupName = log.LogGroupName,
        LogFormat = log.LogFormat,
        MaxAggregationInterval = log.MaxAggregationInterval,
        DeliverLogsPermissionArn = log.DeliverLogsPermissionArn,
        DeliverLogsStatus = Delivered,
        CreationTime = log.CreationTime,
        Tags = log.Tags.ToApiOrNull(),
    };
}
