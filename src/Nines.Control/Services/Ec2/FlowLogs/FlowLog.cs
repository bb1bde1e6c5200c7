using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Nines.Host.Api;
using Token = Nines.Control.Services.Ec2.ClientTokens.ClientToken;

namespace Nines.Control.Services.Ec2.FlowLogs;

/// <summary>That the packets of a VPC, a subnet or an interface are written down.</summary>
internal sealed record FlowLog : ITaggable<FlowLog>
{
    /// <summary>What it is called in tag specifications, and its client tokens.</summary>
    public const string ResourceType = "vpc-flow-log";

    /// <summary>All flow logs.</summary>
    public static readonly TableDefinition<FlowLog> Table = new("flow-logs", Ec2JsonContext.Default.FlowLog);

    /// <summary>Those in a VPC.</summary>
    public static readonly IndexDefinition<FlowLog> ByVpc = Table.Index("vpc", log => log.VpcId);

    /// <summary>Those of exactly one VPC, subnet or interface.</summary>
    public static readonly IndexDefinition<FlowLog> ByResource = Table.Index("resource", log => log.ResourceId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The VPC that its resource is, or is in.</summary>
    public required string VpcId { get; init; }

    /// <summary>Whose packets are told.</summary>
    public required string ResourceId { get; init; }

    public required FlowTraffic Traffic { get; init; }

    /// <summary>The log group that it is written to.</summary>
    public required string LogGroupName { get; init; }

    /// <summary>The group's ARN, where that is how it was named.</summary>
    public string? LogDestination { get; init; }

    /// <summary>The role by which AWS would write; nobody is asked here.</summary>
    public required string DeliverLogsPermissionArn { get; init; }

    public required string LogFormat { get; init; }

    public required int MaxAggregationInterval { get; init; }

    public required DateTimeOffset CreationTime { get; init; }

    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Deletes the flow logs of a resource that goes.</summary>
    public static void DeleteAllOf(CloudTransaction transaction, string resourceId)
    {
        foreach (var log in transaction.By(ByResource, resourceId).ToArray())
        {
            Delete(transaction, log);
        }
    }

    /// <summary>Deletes one. The token that made several is free with the first.</summary>
    public static void Delete(CloudTransaction transaction, FlowLog log)
    {
        Token.Forget(transaction, log.AccountId, ResourceType, log.ClientToken);
        transaction.Delete(Table, log);
    }

    /// <inheritdoc/>
    public FlowLog WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
