using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Small switches of instances: detailed monitoring and automatic recovery; and reports of their users.</summary>
internal sealed class InstanceMonitor(Cloud cloud)
{
    private static readonly string[] s_reasons =
    [
        "instance-stuck-in-state", "unresponsive", "not-accepting-credentials", "password-not-available", "performance-network", "performance-instance-store",
        "performance-ebs-volume", "performance-other", "other",
    ];

    public async ValueTask<MonitorInstancesResult> MonitorAsync(MonitorInstancesRequest input, Call call, CancellationToken cancellationToken) =>
        new() { InstanceMonitorings = await SetAsync(input.InstanceIds, true, call, cancellationToken) };

    public async ValueTask<UnmonitorInstancesResult> UnmonitorAsync(UnmonitorInstancesRequest input, Call call, CancellationToken cancellationToken) =>
        new() { InstanceMonitorings = await SetAsync(input.InstanceIds, false, call, cancellationToken) };

    public async ValueTask<ModifyInstanceMaintenanceOptionsResult> ModifyMaintenanceAsync(
        ModifyInstanceMaintenanceOptionsRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = string.IsNullOrEmpty(input.InstanceId) ? throw Ec2Errors.MissingParameter("InstanceId") : ResourceId.Parse<InstanceId>(input.InstanceId);
        var disabled = ParseAutoRecovery(input.AutoRecovery ?? throw Ec2Errors.MissingParameter("AutoRecovery"));
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var instance = InstanceLookup.FindAll(transaction, call.AccountId, [id])[0];
                if (instance.State.IsEnding())
                {
                    throw InstanceErrors.Terminated(instance.Id);
                }

                call.AnswerDryRun();
                transaction.Put(Instance.Table, instance with { AutoRecoveryDisabled = disabled });
            },
            cancellationToken);
        return new ModifyInstanceMaintenanceOptionsResult { InstanceId = id.Value, AutoRecovery = input.AutoRecovery };
    }

    /// <summary>Takes a report; AWS too changes nothing for it (EC2 API Reference: ReportInstanceStatus). The audit has it.</summary>
    public async ValueTask<ReportInstanceStatusResult> ReportAsync(ReportInstanceStatusRequest input, Call call, CancellationToken cancellationToken)
    {
        var ids = InstanceLookup.ParseRequired(input.Instances);
        if (input.Status is not ("ok" or "impaired"))
        {
            throw input.Status is null ? Ec2Errors.MissingParameter("Status") : Ec2Errors.InvalidValue("status", input.Status, "Valid values are ok and impaired.");
        }

        if (input.ReasonCodes is not { Count: > 0 } reasons)
        {
            throw Ec2Errors.MissingParameter("ReasonCode");
        }

        if (reasons.FirstOrDefault(reason => !s_reasons.Contains(reason)) is { } unknown)
        {
            throw Ec2Errors.InvalidValue("reasonCode", unknown);
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (InstanceLookup.FindAll(transaction, call.AccountId, ids).FirstOrDefault(instance => instance.State != InstanceState.Running) is { } other)
                {
                    throw InstanceErrors.NotRunning(other.Id);
                }

                call.AnswerDryRun();
            },
            cancellationToken);
        return new ReportInstanceStatusResult();
    }

    /// <summary>Whether automatic recovery is turned off.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static bool ParseAutoRecovery(string? value) => value switch
    {
        null or "default" => false,
        "disabled" => true,
        _ => throw Ec2Errors.InvalidValue("autoRecovery", value, "Valid values are default and disabled."),
    };

    private async Task<IReadOnlyList<InstanceMonitoring>> SetAsync(IReadOnlyList<string>? instanceIds, bool enabled, Call call, CancellationToken cancellationToken)
    {
        var ids = InstanceLookup.ParseRequired(instanceIds);
        return await cloud.WriteAsync(
            call,
            transaction =>
            {
                var found = InstanceLookup.FindAll(transaction, call.AccountId, ids);
                if (found.FirstOrDefault(instance => instance.State.IsEnding()) is { } ending)
                {
                    throw InstanceErrors.Terminated(ending.Id);
                }

                call.AnswerDryRun();
                foreach (var instance in found.Where(instance => instance.MonitoringEnabled != enabled))
                {
                    transaction.Put(Instance.Table, instance with { MonitoringEnabled = enabled });
                }

                // The answer tells what is under way (EC2 API Reference: MonitorInstances, UnmonitorInstances).
                return found.Select(instance => new InstanceMonitoring
                {
                    InstanceId = instance.Id,
                    Monitoring = new() { State = (instance.MonitoringEnabled, enabled) switch { (true, true) => "enabled", (_, true) => "pending", (true, _) => "disabling", _ => "disabled" } },
                }).ToList();
            },
            cancellationToken);
    }
}
