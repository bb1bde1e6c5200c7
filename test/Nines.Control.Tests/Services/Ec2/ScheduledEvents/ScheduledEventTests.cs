using Nines.Api.Ec2;
using Nines.Control.Admin;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Control.Ids;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.Ec2.ScheduledEvents;

/// <summary>What the operator schedules is told, may be put off, and happens.</summary>
public sealed class ScheduledEventTests : IAsyncLifetime
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 26, 8, 0, 0, TimeSpan.Zero);
    private ComputeFixture _cloud = null!;
    private Maintenance _maintenance = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await ComputeFixture.CreateAsync();
        _maintenance = new Maintenance(_cloud.Cloud, new SeededIdSource(new Random(3)));
    }

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_reboot_happens_at_its_time_and_is_told_as_completed()
    {
        var before = await _cloud.RunningAsync();
        var scheduled = await ScheduleAsync(new(before.Id, "instance-reboot", TimeProvider.System.GetUtcNow().AddSeconds(1)));
        (await EventsAsync(before.Id)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            told => told.InstanceEventId.ShouldBe(scheduled.EventId), told => told.Code.ShouldBe("instance-reboot"), told => told.Description.ShouldBe("The instance will be rebooted"));
        var after = await UntilCompletedAsync(before.Id);
        (after.RebootGeneration, after.State).ShouldBe((1, InstanceState.Running));
        (await EventsAsync(before.Id))[0].Description.ShouldBe("[Completed] The instance will be rebooted");
    }

    [Fact]
    public async Task A_retirement_stops_the_instance()
    {
        var before = await _cloud.RunningAsync();
        await ScheduleAsync(new(before.Id, "instance-retirement", TimeProvider.System.GetUtcNow()));
        var stopped = await _cloud.UntilAsync(before.Id, InstanceState.Stopped);
        (stopped.StateReason!.Code, stopped.Events[0].CompletedAt is not null).ShouldBe(("Server.ScheduledStop", true));
    }

    [Fact]
    public async Task An_event_is_put_off_within_its_deadline()
    {
        var id = (await _cloud.RunningAsync()).Id;
        var begin = TimeProvider.System.GetUtcNow().AddHours(5);
        var scheduled = await ScheduleAsync(new(id, "system-reboot", begin, null, begin.AddDays(2)));
        var moved = await _cloud.CallAsync(Ec2Api.ModifyInstanceEventStartTime, new ModifyInstanceEventStartTimeRequest { InstanceId = id, InstanceEventId = scheduled.EventId, NotBefore = begin.AddDays(1) });
        moved.Event!.NotBefore.ShouldBe(begin.AddDays(1));
        (await RefusalOf(() => MoveAsync(id, scheduled.EventId, begin.AddDays(3)))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => MoveAsync(id, scheduled.EventId, begin.AddHours(-4.5)))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => MoveAsync(id, "instance-event-00000000000000000", begin))).ShouldBe("InvalidInstanceEventId.NotFound");
        (await RefusalOf(() => ScheduleAsync(new(id, "instance-party")))).ShouldBe("InvalidParameterValue");
        (await RefusalOf(() => ScheduleAsync(new("i-0123456789abcdef0", "instance-stop")))).ShouldBe("InvalidInstanceID.NotFound");
    }

    [Fact]
    public void What_a_user_has_done_needs_not_be_done_again()
    {
        var reboot = Scheduled("instance-reboot");
        var instance = SampleInstance.In(InstanceState.Running) with { Events = [reboot] };
        ScheduledEventPlan.Next(instance, s_now).ShouldBeSameAs(instance);
        ScheduledEventPlan.Next(instance with { RebootGeneration = 1 }, s_now).ShouldSatisfyAllConditions(
            next => next.RebootGeneration.ShouldBe(1), next => next.Events[0].CompletedAt.ShouldBe(s_now));
        var stop = SampleInstance.In(InstanceState.Running) with { Events = [Scheduled("instance-stop")] };
        ScheduledEventPlan.Next(stop with { BootGeneration = 4 }, s_now.AddDays(2)).State.ShouldBe(InstanceState.Running);
        ScheduledEventPlan.Next(stop, s_now.AddDays(2)).State.ShouldBe(InstanceState.Stopping);
        var over = stop with { Events = [Scheduled("instance-stop") with { CompletedAt = s_now }] };
        ScheduledEventPlan.DueAt(over).ShouldBe(s_now.AddDays(7));
        ScheduledEventPlan.Next(over, s_now.AddDays(7)).Events.ShouldBeEmpty();

        static ScheduledEvent Scheduled(string code) => new() { Id = "instance-event-1", Code = code, Description = "", NotBefore = s_now.AddDays(1), BootGeneration = 3 };
    }

    [Theory]
    [InlineData("* 8-12 * * 4", "2026-11-26T08:00:00Z")] // a Thursday
    [InlineData("* 0-4,20-23 * * *", "2026-11-26T20:00:00Z")]
    [InlineData("* 4-8 * * 4", "2026-12-03T04:00:00Z")]
    [InlineData("* 0-4 * * SUN,FRI", "2026-11-27T00:00:00Z")]
    public void Windows_are_found_in_time(string expression, string next) =>
        EventWindowHours.Next([], EventWindowHours.Parse(expression), s_now).ShouldBe(DateTimeOffset.Parse(next, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("0 0-4 * * *")]
    [InlineData("* 0-1 * * *")]
    [InlineData("* 0-3 * * 1")]
    [InlineData("* 0-4 * * 7")]
    [InlineData("* 4 * * *")]
    [InlineData("nonsense")]
    public void Expressions_that_AWS_refuses_are_refused(string expression) =>
        Should.Throw<AwsException>(() => EventWindowHours.Parse(expression)).Code.ShouldBe("InvalidParameterValue");

    [Fact]
    public async Task An_event_waits_for_its_instances_window()
    {
        var id = (await _cloud.RunningAsync()).Id;
        var wanted = new DateTimeOffset(2031, 1, 1, 9, 30, 0, TimeSpan.Zero); // a Wednesday
        var window = (await _cloud.CallAsync(
            Ec2Api.CreateInstanceEventWindow,
            new CreateInstanceEventWindowRequest { Name = "nights", TimeRanges = [new() { StartWeekDay = "saturday", StartHour = 22, EndWeekDay = "sunday", EndHour = 4 }] })).InstanceEventWindow!;
        (window.State, window.TimeRanges![0].EndHour).ShouldBe(("creating", 4));
        await _cloud.CallAsync(Ec2Api.AssociateInstanceEventWindow, new AssociateInstanceEventWindowRequest { InstanceEventWindowId = window.InstanceEventWindowId, AssociationTarget = new() { InstanceIds = [id] } });
        (await ScheduleAsync(new(id, "instance-reboot", wanted))).NotBefore.ShouldBe(new DateTimeOffset(2031, 1, 4, 22, 0, 0, TimeSpan.Zero));
        (await RefusalOf(() => _cloud.CallAsync(Ec2Api.DeleteInstanceEventWindow, new DeleteInstanceEventWindowRequest { InstanceEventWindowId = window.InstanceEventWindowId }))).ShouldBe("DependencyViolation");
        await _cloud.CallAsync(Ec2Api.ModifyInstanceEventWindow, new ModifyInstanceEventWindowRequest { InstanceEventWindowId = window.InstanceEventWindowId, CronExpression = "* 8-12 * * 3" });
        (await ScheduleAsync(new(id, "instance-reboot", wanted))).NotBefore.ShouldBe(wanted);
        var told = (await _cloud.CallAsync(Ec2Api.DescribeInstanceEventWindows, new DescribeInstanceEventWindowsRequest { Filters = [new() { Name = "instance-id", Values = [id] }] })).InstanceEventWindows!.ShouldHaveSingleItem();
        (told.CronExpression, told.TimeRanges, told.AssociationTarget!.InstanceIds!.Single()).ShouldBe(("* 8-12 * * 3", null, id));
        await _cloud.CallAsync(Ec2Api.DisassociateInstanceEventWindow, new DisassociateInstanceEventWindowRequest { InstanceEventWindowId = window.InstanceEventWindowId, AssociationTarget = new() { InstanceIds = [id] } });
        (await ScheduleAsync(new(id, "instance-reboot", wanted.AddHours(-9)))).NotBefore.ShouldBe(wanted.AddHours(-9));
        (await _cloud.CallAsync(Ec2Api.DeleteInstanceEventWindow, new DeleteInstanceEventWindowRequest { InstanceEventWindowId = window.InstanceEventWindowId })).InstanceEventWindowState!.State.ShouldBe("deleting");
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private Task<MaintenanceResult> ScheduleAsync(MaintenanceRequest request) => _maintenance.ScheduleAsync(ComputeFixture.NewCall("ScheduleMaintenance"), request, Cancel);

    private Task MoveAsync(string id, string eventId, DateTimeOffset begin) => _cloud.CallAsync(
        Ec2Api.ModifyInstanceEventStartTime, new ModifyInstanceEventStartTimeRequest { InstanceId = id, InstanceEventId = eventId, NotBefore = begin });

    private async Task<IReadOnlyList<InstanceStatusEvent>> EventsAsync(string id) =>
        (await _cloud.CallAsync(Ec2Api.DescribeInstanceStatus, new DescribeInstanceStatusRequest { InstanceIds = [id], IncludeAllInstances = true })).InstanceStatuses![0].Events!;

    private async Task<Instance> UntilCompletedAsync(string id) =>
        (await _cloud.Cloud.WaitAsync(Instance.Table, ComputeFixture.Account, id, instance => instance!.Events[0].CompletedAt is not null, Cancel))!;
}
