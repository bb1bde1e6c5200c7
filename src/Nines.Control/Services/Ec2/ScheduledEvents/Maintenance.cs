using Nines.Api.Ec2;
using Nines.Control.Admin;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>The operator's announcements of what will be done to instances.</summary>
internal sealed class Maintenance(Cloud cloud, IIdSource ids)
{
    /// <summary>When an event begins that the operator gives no time for: users have a day to hear of it.</summary>
    private static readonly TimeSpan s_notice = TimeSpan.FromDays(1);

    /// <summary>How long users may put an event off, and how long a maintenance takes, where the operator does not say.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromDays(7);
    private static readonly TimeSpan s_duration = TimeSpan.FromHours(2);

    /// <summary>Schedules an event; an instance that has event windows gets it in the next of them.</summary>
    public Task<MaintenanceResult> ScheduleAsync(Call call, MaintenanceRequest request, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<InstanceId>(request.InstanceId ?? "");
        var code = EventCode.All.Contains(request.Event ?? "")
            ? request.Event!
            : throw Ec2Errors.InvalidValue("event", request.Event, $"Valid values are {string.Join(", ", EventCode.All)}.");
        var asked = request.NotBefore ?? call.Now + s_notice;
        if (request.NotAfter < asked || request.Deadline < asked)
        {
            throw Ec2Errors.InvalidParameterCombination("An event's end and its deadline come after its begin.");
        }

        return cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                if (instance.State.IsEnding())
                {
                    throw InstanceErrors.Terminated(instance.Id);
                }

                var begin = EventWindowRules.NextFor(transaction, instance, asked);
                var scheduled = new ScheduledEvent
                {
                    Id = ids.Next("instance-event"),
                    Code = code,
                    Description = request.Description ?? DescriptionOf(code),
                    NotBefore = begin,
                    NotAfter = request.NotAfter + (begin - asked) ?? (code == EventCode.SystemMaintenance ? (DateTimeOffset?)(begin + s_duration) : null),
                    NotBeforeDeadline = Later(request.Deadline ?? asked + s_patience, begin),
                    BootGeneration = instance.BootGeneration,
                    RebootGeneration = instance.RebootGeneration,
                };
                transaction.Put(Instance.Table, instance with { Events = instance.Events.Add(scheduled) });
                return new MaintenanceResult(scheduled.Id, scheduled.NotBefore);
            },
            cancellationToken);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string DescriptionOf(string code) => code switch
    {
        EventCode.InstanceReboot => "The instance will be rebooted",
        EventCode.SystemReboot => "The host of the instance will be rebooted",
        EventCode.SystemMaintenance => "The network or the power of the host will be maintained",
        EventCode.InstanceStop => "The instance will be stopped",
        _ => "The instance is running on degraded hardware",
    };
}
