using System.CommandLine;
using System.Globalization;
using Nines.Api.Ec2;
using Nines.Client;
using Nines.Control.Admin;
using Nines.Terminal;

namespace Nines.Commands;

/// <summary><c>nines maintenance INSTANCE --event CODE [--not-before TIME]</c></summary>
internal static class MaintenanceCommand
{
    public static Command Create()
    {
        var instance = new Argument<string>("INSTANCE") { Description = "The server, i-…" };
        var what = new Option<string>("--event") { Description = "What will happen.", Required = true };
        what.AcceptOnlyFromAmong([.. EventCode.All]);
        var notBefore = new Option<DateTimeOffset?>("--not-before") { Description = "When, as 2026-11-26T08:00Z; in a day unless said. In the server's event window, where it has one." };
        var notAfter = new Option<DateTimeOffset?>("--not-after") { Description = "When it is over at the latest." };
        var deadline = new Option<DateTimeOffset?>("--deadline") { Description = "Until when its owner may put it off; for a week unless said." };
        var description = new Option<string?>("--description") { Description = "What its owner reads." };
        var state = CommonOptions.State();
        var command = new Command("maintenance", "Schedule an event for a server: its owner is told of it and may put it off, and at its time it happens.")
        {
            instance, what, notBefore, notAfter, deadline, description, state,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var client = CloudClient.Connect(parsed.GetState(state));
            var request = new MaintenanceRequest(
                parsed.GetValue(instance), parsed.GetValue(what), parsed.GetValue(notBefore), parsed.GetValue(notAfter), parsed.GetValue(deadline), parsed.GetValue(description));
            var scheduled = await client.Admin.ScheduleMaintenanceAsync(request, cancellationToken);
            Output.Note($"{scheduled.EventId}: {request.Event} of {request.InstanceId} at {scheduled.NotBefore.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)}");
            return ExitCode.Success;
        });
        return command;
    }
}
