using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Host.Api;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.FlowLogs;

/// <summary>What CreateFlowLogs is asked for, checked.</summary>
internal sealed record FlowLogRequest
{
    /// <summary>The most resources of one request.</summary>
    private const int MaxResources = 1000;

    private const int DefaultInterval = 600;
    private const string Watch = "cloud-watch-logs";

    public required IReadOnlyList<string> ResourceIds { get; init; }

    public required FlowTraffic Traffic { get; init; }

    public required string Format { get; init; }

    public required int Interval { get; init; }

    /// <summary>The log group; <see langword="null"/>: something that this cloud has not, <see cref="Missing"/>.</summary>
    public string? Group { get; init; }

    /// <summary>The group's ARN, where that is how it was named.</summary>
    public string? Destination { get; init; }

    public string Role { get; init; } = "";

    /// <summary>What is told of each resource when the destination is not there.</summary>
    public string? Missing { get; init; }

    /// <summary>Reads a request.</summary>
    /// <param name="input">The request.</param>
    /// <param name="region">The region's name.</param>
    /// <param name="accountId">Who asks.</param>
    /// <exception cref="Nines.Wire.AwsException">Something is wrong with it.</exception>
    public static FlowLogRequest Parse(CreateFlowLogsRequest input, string region, string accountId)
    {
        if (input.DeliverCrossAccountRole is not null)
        {
            throw Ec2Errors.Unsupported("Flow logs of this cloud go to the account that they are of.");
        }

        var request = new FlowLogRequest
        {
            ResourceIds = ParseIds(input),
            Traffic = input.TrafficType switch
            {
                null => throw Ec2Errors.MissingParameter("TrafficType"),
                "ALL" => FlowTraffic.All,
                "ACCEPT" => FlowTraffic.Accept,
                "REJECT" => FlowTraffic.Reject,
                var other => throw FlowLogErrors.Invalid($"Invalid TrafficType: {other}. Valid values are ACCEPT, REJECT and ALL."),
            },
            Format = ParseFormat(input.LogFormat),
            Interval = input.MaxAggregationInterval is null or 60 or DefaultInterval
                ? input.MaxAggregationInterval ?? DefaultInterval
                : throw FlowLogErrors.Invalid("Invalid Flow Log Max Aggregation Interval"),
        };
        return input.LogDestinationType switch
        {
            null or Watch => ToGroup(request, input, region, accountId),
            "s3" or "kinesis-data-firehose" => ToNobody(request, input),
            var other => throw FlowLogErrors.Invalid($"Invalid LogDestinationType: {other}. Valid values are cloud-watch-logs, s3 and kinesis-data-firehose."),
        };
    }

    /// <summary>The VPC of a resource, whose record is written as it is: whoever deletes it at the same time must meet this.</summary>
    /// <exception cref="Nines.Wire.AwsException">There is no such resource.</exception>
    public static string VpcOf(CloudTransaction transaction, string accountId, string resourceId)
    {
        var kind = ResourceKind.Of(resourceId)!;
        if (kind == ResourceKind.Vpc && transaction.Find(Vpc.Table, accountId, resourceId) is { } vpc)
        {
            transaction.Put(Vpc.Table, vpc);
            return vpc.Id;
        }

        if (kind == ResourceKind.Subnet && transaction.Find(Subnet.Table, accountId, resourceId) is { IsClosing: false } subnet)
        {
            transaction.Put(Subnet.Table, subnet);
            return subnet.VpcId;
        }

        if (kind == ResourceKind.NetworkInterface && transaction.Find(NetworkInterface.Table, accountId, resourceId) is { } adapter)
        {
            transaction.Put(NetworkInterface.Table, adapter);
            return adapter.VpcId;
        }

        throw Ec2Errors.NotFound(kind, resourceId);
    }

    private static string[] ParseIds(CreateFlowLogsRequest input)
    {
        if (input.ResourceIds is not { Count: > 0 } ids)
        {
            throw Ec2Errors.MissingParameter("ResourceId");
        }

        if (ids.Count > MaxResources)
        {
            throw FlowLogErrors.Invalid($"At most {MaxResources} resources can be named.");
        }

        return input.ResourceType switch
        {
            null => throw Ec2Errors.MissingParameter("ResourceType"),
            "VPC" => [.. ResourceId.ParseAll<VpcId>(ids).Select(id => id.Value)],
            "Subnet" => [.. ResourceId.ParseAll<SubnetId>(ids).Select(id => id.Value)],
            "NetworkInterface" => [.. ResourceId.ParseAll<NetworkInterfaceId>(ids).Select(id => id.Value)],
            "TransitGateway" or "TransitGatewayAttachment" or "RegionalNatGateway" => throw Ec2Errors.Unsupported($"This cloud has no {input.ResourceType}."),
            var other => throw FlowLogErrors.Invalid($"Invalid ResourceType: {other}. Valid values are VPC, Subnet and NetworkInterface."),
        };
    }

    private static string ParseFormat(string? text)
    {
        if (text is null)
        {
            return FlowLogFormat.Default;
        }

        return FlowLogFormat.TryParse(text, out _, out var wrong) ? text
            : throw FlowLogErrors.Invalid(wrong.IsEmpty ? "LogFormat can't be empty." : $"Unknown fields provided: {string.Join(", ", wrong)}");
    }

    private static FlowLogRequest ToGroup(FlowLogRequest request, CreateFlowLogsRequest input, string region, string accountId)
    {
        if (input.DestinationOptions is not null)
        {
            throw FlowLogErrors.Invalid("LogDestinationType must be s3 if DestinationOptions is provided.");
        }

        if (input is { LogGroupName: not null, LogDestination: not null })
        {
            throw FlowLogErrors.Invalid("Please only provide LogGroupName or only provide LogDestination.");
        }

        var group = input.LogGroupName ?? (input.LogDestination is { } arn ? GroupOf(arn, region, accountId) : throw FlowLogErrors.Needed("LogGroupName", "LogDestinationType", Watch));
        if (!FlowLogGroup.IsName(group))
        {
            throw FlowLogErrors.Invalid($"Invalid LogGroupName: {group}. It has at most {FlowLogGroup.MaxLength} letters, digits and signs of _ - / . #");
        }

        if (!FlowLogGroup.IsFolder(group))
        {
            throw FlowLogErrors.Invalid($"Invalid LogGroupName: {group}. A log group of this cloud is a folder: between slashes is a name of at most 200 characters that is not . or ..");
        }

        var role = input.DeliverLogsPermissionArn ?? throw FlowLogErrors.Needed("DeliverLogsPermissionArn", "LogDestinationType", Watch);
        return role.StartsWith("arn:aws", StringComparison.Ordinal) && role.Contains(":iam::", StringComparison.Ordinal) && role.Contains(":role/", StringComparison.Ordinal)
            ? request with { Group = group, Destination = input.LogDestination, Role = role }
            : throw FlowLogErrors.Invalid($"Invalid DeliverLogsPermissionArn: {role} is not the ARN of a role.");
    }

    /// <summary>The group of an ARN, <c>arn:aws:logs:REGION:ACCOUNT:log-group:NAME</c>, with or without <c>:*</c> behind.</summary>
    private static string GroupOf(string arn, string region, string accountId) =>
        arn.Split(':') is [var scheme, _, "logs", var where, var owner, "log-group", { Length: > 0 } name, ..] and { Length: 7 or 8 }
        && scheme == "arn" && where == region && owner == accountId
            ? name
            : throw FlowLogErrors.Invalid($"LogDestination: {arn} is not the ARN of a log group of this account and region.");

    private static FlowLogRequest ToNobody(FlowLogRequest request, CreateFlowLogsRequest input)
    {
        var type = input.LogDestinationType!;
        if (input.LogGroupName is not null)
        {
            throw FlowLogErrors.Invalid($"LogDestinationType type must be {Watch} if LogGroupName is provided.");
        }

        var destination = input.LogDestination ?? throw FlowLogErrors.Needed("LogDestination", "LogDestinationType", type);
        var (service, what) = type == "s3" ? ("s3", "buckets") : ("firehose", "delivery streams");
        return destination.Split(':') is ["arn", _, var named, ..] and { Length: >= 6 } && named == service
            ? request with { Missing = $"LogDestination: {destination} does not exist. This cloud has no {what} yet; use cloud-watch-logs." }
            : throw FlowLogErrors.Invalid($"Invalid LogDestination: {destination} is not an ARN of {service}.");
    }
}
