using Nines.Api.Ec2;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using InstanceStatus = Nines.Api.Ec2.InstanceStatus;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Answers what instances there are, and how they are.</summary>
internal sealed class DescribeInstances(Cloud cloud, InstanceMapping mapping, InstanceViews views)
{
    private const string IdsParameter = "instancesSet";
    private const int MaximumStatusIds = 100;

    /// <summary>Instances by their reservations, ordered by instance id.</summary>
    public ValueTask<DescribeInstancesResult> DescribeAsync(DescribeInstancesRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.InstanceIds, IdsParameter);
        var ids = ResourceId.ParseAll<InstanceId>(input.InstanceIds);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeInstances", call.AccountId, input.Filters));
        var items = Select(ids, InstanceFilters.Instances.Compile(input.Filters), input.Filters is { Count: > 0 }, page, call);
        call.AnswerDryRun();
        var (instances, next) = page.Take(items, instance => instance.Id);
        return ValueTask.FromResult(new DescribeInstancesResult { Reservations = views.ToReservations(instances), NextToken = next });
    }

    /// <summary>The health of instances; only of running ones unless all are asked for.</summary>
    public ValueTask<DescribeInstanceStatusResult> DescribeStatusAsync(DescribeInstanceStatusRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.InstanceIds, IdsParameter);
        if (input.InstanceIds is { Count: > MaximumStatusIds })
        {
            throw Ec2Errors.InvalidParameterValue($"The number of instance IDs must not exceed {MaximumStatusIds}");
        }

        var ids = ResourceId.ParseAll<InstanceId>(input.InstanceIds);
        var all = input.IncludeAllInstances ?? false;
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeInstanceStatus", call.AccountId, input.Filters, $"{all}"));
        var items = Select(ids, InstanceFilters.Statuses.Compile(input.Filters), input.Filters is { Count: > 0 }, page, call)
            .Where(instance => all || instance.State == InstanceState.Running);
        call.AnswerDryRun();
        var (instances, next) = page.Take(items, instance => instance.Id);
        return ValueTask.FromResult(new DescribeInstanceStatusResult { InstanceStatuses = [.. instances.Select(ToStatus)], NextToken = next });
    }

    private IEnumerable<Instance> Select(IReadOnlyList<InstanceId> ids, Func<InstanceRow, bool> matches, bool filtered, PageRequest page, Call call)
    {
        var instances = ids.Count > 0
            ? InstanceLookup.FindAll(cloud, call.AccountId, ids).OrderBy(instance => instance.Id, StringComparer.Ordinal)
            : cloud.List(Instance.Table, call.AccountId, page.AfterKey);
        return filtered ? instances.Where(instance => matches(new InstanceRow(instance, mapping))) : instances;
    }

    private static InstanceStatus ToStatus(Instance instance)
    {
        var system = InstanceHealth.OfSystem(instance);
        return new InstanceStatus
        {
            AvailabilityZone = instance.Zone,
            Events = instance.Events.IsEmpty ? null : [.. instance.Events.Select(scheduled => scheduled.Describe())],
            InstanceId = instance.Id,
            InstanceState = InstanceMapping.StateOf(instance.State),
            InstanceStatusValue = Summary(InstanceHealth.Of(instance)),
            SystemStatus = Summary(system),
            AttachedEbsStatus = new EbsStatusSummary
            {
                Status = system.Status,
                Details = system.Reachability is null ? null : [new EbsStatusDetails { Name = "reachability", Status = system.Reachability }],
            },
        };
    }

    private static InstanceStatusSummary Summary(InstanceHealth health) => new()
    {
        Status = health.Status,
        Details = health.Reachability is null ? null : [new InstanceStatusDetails { Name = "reachability", Status = health.Reachability, ImpairedSince = health.ImpairedSince }],
    };
}
