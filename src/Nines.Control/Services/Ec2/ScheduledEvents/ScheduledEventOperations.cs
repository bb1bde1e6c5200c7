using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>What a client may ask of scheduled events: to put one off, and to have windows for them.</summary>
internal sealed class ScheduledEventOperations(Cloud cloud, IIdSource ids) : IOperations
{
    private const string ResourceType = "instance-event-window";
    private const int MaximumWindows = 200;

    /// <summary>How much before its time an event may be moved to another.</summary>
    private static readonly TimeSpan s_notice = TimeSpan.FromMinutes(60);

    private static readonly PageLimits s_pages = new(20, 500);

    /// <summary>The filters of DescribeInstanceEventWindows.</summary>
    internal static readonly FilterSet<EventWindow> Filters = new FilterSet<EventWindow>()
        .AddMany("dedicated-host-id", window => window.DedicatedHostIds)
        .Add("event-window-name", window => window.Name)
        .AddMany("instance-id", window => window.InstanceIds)
        .AddMany("instance-tag", window => window.InstanceTags.Select(tag => $"{tag.Key}={tag.Value}"))
        .AddMany("instance-tag-key", window => window.InstanceTags.Keys)
        .AddMany("instance-tag-value", window => window.InstanceTags.Values)
        .AddTags(window => window.Tags);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.ModifyInstanceEventStartTime, ModifyStartTimeAsync, answersDryRun: true);
        table.On(Ec2Api.CreateInstanceEventWindow, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeInstanceEventWindows, DescribeAsync);
        table.On(Ec2Api.ModifyInstanceEventWindow, ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteInstanceEventWindow, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.AssociateInstanceEventWindow, AssociateAsync, answersDryRun: true);
        table.On(Ec2Api.DisassociateInstanceEventWindow, DisassociateAsync, answersDryRun: true);
    }

    private async ValueTask<ModifyInstanceEventStartTimeResult> ModifyStartTimeAsync(ModifyInstanceEventStartTimeRequest input, Call call, CancellationToken cancellationToken)
    {
        var instanceId = ResourceId.Parse<InstanceId>(input.InstanceId ?? throw Ec2Errors.MissingParameter("InstanceId"));
        var eventId = input.InstanceEventId ?? throw Ec2Errors.MissingParameter("InstanceEventId");
        var begin = input.NotBefore ?? throw Ec2Errors.MissingParameter("NotBefore");
        var moved = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [instanceId])[0];
                var known = instance.Events.FirstOrDefault(scheduled => scheduled.Id == eventId && scheduled.CompletedAt is null)
                    ?? throw new Nines.Wire.AwsException("InvalidInstanceEventId.NotFound", $"The instance event ID '{eventId}' does not exist");
                if (known.NotBeforeDeadline is not { } deadline || begin > deadline)
                {
                    throw Ec2Errors.InvalidValue("notBefore", InstanceFilters.Time(begin), "The time must not be after the event's deadline.");
                }

                if (begin < call.Now + s_notice || known.NotBefore < call.Now + s_notice)
                {
                    throw Ec2Errors.InvalidValue("notBefore", InstanceFilters.Time(begin), "An event is moved an hour before its begin at the latest, to a time at least an hour away.");
                }

                call.AnswerDryRun();
                var next = known with { NotBefore = begin, NotAfter = known.NotAfter + (begin - known.NotBefore) };
                transaction.Put(Instance.Table, instance with { Events = instance.Events.Replace(known, next) });
                return next;
            },
            cancellationToken);
        return new ModifyInstanceEventStartTimeResult { Event = moved.Describe() };
    }

    private async ValueTask<CreateInstanceEventWindowResult> CreateAsync(CreateInstanceEventWindowRequest input, Call call, CancellationToken cancellationToken)
    {
        var window = WithHours(
            new EventWindow
            {
                AccountId = call.AccountId,
                Id = ids.Next(ResourceKind.EventWindow.Prefix),
                Name = input.Name,
                Tags = TagRules.Parse(input.TagSpecifications, ResourceType).For(ResourceType),
            },
            input.TimeRanges,
            input.CronExpression);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (transaction.List(EventWindow.Table, call.AccountId).Count() >= MaximumWindows)
                {
                    throw new Nines.Wire.AwsException("InstanceEventWindowLimitExceeded", $"The maximum number of event windows is {MaximumWindows}.");
                }

                call.AnswerDryRun();
                transaction.Insert(EventWindow.Table, window);
            },
            cancellationToken);
        return new CreateInstanceEventWindowResult { InstanceEventWindow = Describe(window) with { State = InstanceEventWindowState.Creating } };
    }

    private ValueTask<DescribeInstanceEventWindowsResult> DescribeAsync(DescribeInstanceEventWindowsRequest input, Call call, CancellationToken cancellationToken)
    {
        PageRequest.RefuseWithIds(input.MaxResults, input.InstanceEventWindowIds, "instanceEventWindowIds");
        var matches = Filters.Compile(input.Filters);
        var page = PageRequest.Parse(s_pages, input.MaxResults, input.NextToken, new PageScope("DescribeInstanceEventWindows", call.AccountId, input.Filters));
        var windows = Lookup.Select<EventWindow, EventWindowId>(cloud, EventWindow.Table, call.AccountId, input.InstanceEventWindowIds, page.AfterKey);
        var (items, next) = page.Take(windows.Where(matches), window => window.Id);
        return new(new DescribeInstanceEventWindowsResult { InstanceEventWindows = [.. items.Select(Describe)], NextToken = next });
    }

    private async ValueTask<ModifyInstanceEventWindowResult> ModifyAsync(ModifyInstanceEventWindowRequest input, Call call, CancellationToken cancellationToken)
    {
        var changed = await ChangeAsync(
            input.InstanceEventWindowId,
            call,
            (_, window) => WithHours(input.Name is null ? window : window with { Name = input.Name }, input.TimeRanges, input.CronExpression),
            cancellationToken);
        return new ModifyInstanceEventWindowResult { InstanceEventWindow = Describe(changed) };
    }

    private async ValueTask<AssociateInstanceEventWindowResult> AssociateAsync(AssociateInstanceEventWindowRequest input, Call call, CancellationToken cancellationToken)
    {
        var target = input.AssociationTarget ?? throw Ec2Errors.MissingParameter("AssociationTarget");
        var changed = await ChangeAsync(
            input.InstanceEventWindowId,
            call,
            (transaction, window) => EventWindowRules.Associate(transaction, window, EventWindowRules.Parse(window, target.InstanceIds, target.InstanceTags, target.DedicatedHostIds)),
            cancellationToken);
        return new AssociateInstanceEventWindowResult { InstanceEventWindow = Describe(changed) };
    }

    private async ValueTask<DisassociateInstanceEventWindowResult> DisassociateAsync(DisassociateInstanceEventWindowRequest input, Call call, CancellationToken cancellationToken)
    {
        var target = input.AssociationTarget ?? throw Ec2Errors.MissingParameter("AssociationTarget");
        var changed = await ChangeAsync(
            input.InstanceEventWindowId,
            call,
            (_, window) => EventWindowRules.Disassociate(window, EventWindowRules.Parse(window, target.InstanceIds, target.InstanceTags, target.DedicatedHostIds)),
            cancellationToken);
        return new DisassociateInstanceEventWindowResult { InstanceEventWindow = Describe(changed) };
    }

    private async ValueTask<DeleteInstanceEventWindowResult> DeleteAsync(DeleteInstanceEventWindowRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ParseId(input.InstanceEventWindowId);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var window = Demand(transaction, call, id);
                if (input.ForceDelete != true && EventWindowRules.HasTargets(window))
                {
                    throw Ec2Errors.DependencyViolation($"The event window '{id}' is associated with targets; disassociate them, or use ForceDelete.");
                }

                call.AnswerDryRun();
                transaction.Delete(EventWindow.Table, window);
            },
            cancellationToken);
        return new DeleteInstanceEventWindowResult { InstanceEventWindowState = new InstanceEventWindowStateChange { InstanceEventWindowId = id, State = InstanceEventWindowState.Deleting } };
    }

    private Task<EventWindow> ChangeAsync(string? windowId, Call call, Func<CloudTransaction, EventWindow, EventWindow> change, CancellationToken cancellationToken)
    {
        var id = ParseId(windowId);
        return cloud.WriteAsync(
            call,
            transaction =>
            {
                var next = change(transaction, Demand(transaction, call, id));
                call.AnswerDryRun();
                transaction.Put(EventWindow.Table, next);
                return next;
            },
            cancellationToken);
    }

    private static EventWindow WithHours(EventWindow window, IReadOnlyList<InstanceEventWindowTimeRangeRequest>? ranges, string? expression) => (ranges, expression) switch
    {
        ({ Count: > 0 }, not null) => throw Ec2Errors.InvalidParameterCombination("The parameter TimeRanges cannot be used with the parameter CronExpression"),
        ({ Count: > 0 }, null) => window with { Ranges = EventWindowHours.Parse(ranges), CronExpression = null },
        (_, not null) => window with { Ranges = [], CronExpression = EventWindowHours.Parse(expression) },
        _ => window,
    };

    private static string ParseId(string? id) => ResourceId.Parse<EventWindowId>(id ?? throw Ec2Errors.MissingParameter("InstanceEventWindowId")).Value;

    private static EventWindow Demand(CloudTransaction transaction, Call call, string id) =>
        transaction.Find(EventWindow.Table, call.AccountId, id) ?? throw Ec2Errors.NotFound(ResourceKind.EventWindow, id);

    private static InstanceEventWindow Describe(EventWindow window) => new()
    {
        InstanceEventWindowId = window.Id,
        TimeRanges = window.Ranges.IsEmpty ? null :
        [
            .. window.Ranges.Select(range => new InstanceEventWindowTimeRange
            {
                StartWeekDay = EventWindowHours.NameOf(range.StartDay), StartHour = range.StartHour, EndWeekDay = EventWindowHours.NameOf(range.EndDay), EndHour = range.EndHour,
            }),
        ],
        Name = window.Name,
        CronExpression = window.CronExpression,
        AssociationTarget = EventWindowRules.HasTargets(window)
            ? new InstanceEventWindowAssociationTarget { InstanceIds = [.. window.InstanceIds], Tags = window.InstanceTags.ToApiOrNull(), DedicatedHostIds = [.. window.DedicatedHostIds] }
            : null,
        State = InstanceEventWindowState.Active,
        Tags = window.Tags.ToApiOrNull(),
    };
}
