using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>Events that the operator schedules and users hear of, put off, and have windows for.</summary>
public sealed class ScheduledEventTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NinesCli _cli;

    public ScheduledEventTests() => _cli = new NinesCli(Path.Combine(_folder.Path, "s"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    [Covers(
        "ec2", "ModifyInstanceEventStartTime", "CreateInstanceEventWindow", "DescribeInstanceEventWindows", "ModifyInstanceEventWindow", "DeleteInstanceEventWindow",
        "AssociateInstanceEventWindow", "DisassociateInstanceEventWindow")]
    public async Task Maintenance_is_told_put_off_and_happens()
    {
        (await _cli.RunAsync("up", "--detach", "--port", "0", "--simulated-hosts", "1")).ShouldSucceed();
        try
        {
            var image = await AwsAsync("describe-images", "--filters", "Name=name,Values=tiny", "--query", "Images[0].ImageId");
            var id = await AwsAsync("run-instances", "--image-id", image, "--query", "Instances[0].InstanceId");
            await AwsAsync("wait", "instance-running", "--instance-ids", id);

            (await _cli.RunAsync("maintenance", id, "--event", "system-reboot", "--not-before", "2041-01-01T08:00Z", "--deadline", "2041-02-01T08:00Z")).ShouldSucceed();
            var told = (await EventsAsync(id, "[InstanceEventId,Code,Description]")).Split('\t');
            told[1..].ShouldBe(["system-reboot", "The host of the instance will be rebooted"]);
            (await AwsAsync("modify-instance-event-start-time", "--instance-id", id, "--instance-event-id", told[0], "--not-before", "2041-01-20T08:00:00Z", "--query", "Event.NotBefore")).ShouldStartWith("2041-01-20T08:00:00");

            var window = await AwsAsync("create-instance-event-window", "--name", "nights", "--cron-expression", "* 0-4 * * 0", "--query", "InstanceEventWindow.InstanceEventWindowId");
            await AwsAsync("modify-instance-event-window", "--instance-event-window-id", window, "--time-range", "StartWeekDay=monday,StartHour=2,EndWeekDay=monday,EndHour=8");
            await AwsAsync("associate-instance-event-window", "--instance-event-window-id", window, "--association-target", $"InstanceIds={id}");
            (await AwsAsync("describe-instance-event-windows", "--query", "InstanceEventWindows[].[State,TimeRanges[0].EndHour]")).ShouldBe("active\t8");
            (await _cli.RunAsync("maintenance", id, "--event", "instance-reboot", "--not-before", "2041-01-01T08:00Z")).ShouldSucceed().Errors.ShouldContain("2041-01-07 02:00:00Z");
            await AwsAsync("disassociate-instance-event-window", "--instance-event-window-id", window, "--association-target", $"InstanceIds={id}");
            await AwsAsync("delete-instance-event-window", "--instance-event-window-id", window);

            (await _cli.RunAsync("maintenance", id, "--event", "instance-stop", "--not-before", "2026-01-01T08:00Z")).ShouldSucceed();
            await AwsAsync("wait", "instance-stopped", "--instance-ids", id);
            (await AwsAsync("describe-instances", "--instance-ids", id, "--query", "Reservations[0].Instances[0].StateReason.Code")).ShouldBe("Server.ScheduledStop");
            (await EventsAsync(id, "Description")).ShouldContain("[Completed] The instance will be stopped");
            (await _cli.RunAsync("maintenance", "i-0123456789abcdef0", "--event", "instance-stop")).ExitCode.ShouldBe(69);
        }
        finally
        {
            await _cli.RunAsync("down", "--purge");
        }
    }

    private Task<string> EventsAsync(string id, string what) =>
        AwsAsync("describe-instance-status", "--include-all-instances", "--instance-ids", id, "--query", $"InstanceStatuses[0].Events[].{what}");

    private async Task<string> AwsAsync(params string[] words) => (await _cli.RunAsync(["aws", "ec2", .. words, "--output", "text"])).ShouldSucceed().Output.Trim();
}
