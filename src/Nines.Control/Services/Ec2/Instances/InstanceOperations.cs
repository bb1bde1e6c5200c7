using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What a client may ask of instances. Operations that need more than a page have a file of their own.</summary>
internal sealed class InstanceOperations(
    Cloud cloud,
    HostLedger ledger,
    AddressOptions addresses,
    RunInstances runInstances,
    DescribeInstances describeInstances,
    InstanceAttributes attributes,
    InstanceCredits credits,
    InstanceConsole console,
    InstancePlacement placement,
    InstanceMonitor monitor,
    InstanceMetadataDefaults metadataDefaults,
    InstanceTopologies topologies)
    : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.RunInstances, runInstances.AnswerAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeInstances, describeInstances.DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeInstanceStatus, describeInstances.DescribeStatusAsync, answersDryRun: true);
        table.On(Ec2Api.StartInstances, StartAsync, answersDryRun: true);
        table.On(Ec2Api.StopInstances, StopAsync, answersDryRun: true);
        table.On(Ec2Api.RebootInstances, RebootAsync, answersDryRun: true);
        table.On(Ec2Api.TerminateInstances, TerminateAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeInstanceAttribute, attributes.DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyInstanceAttribute, attributes.ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.ResetInstanceAttribute, attributes.ResetAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyInstanceMetadataOptions, attributes.ModifyMetadataOptionsAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyPrivateDnsNameOptions, attributes.ModifyNameOptionsAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeInstanceCreditSpecifications, credits.DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.GetPasswordData, console.GetPasswordAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeInstanceTopology, topologies.DescribeAsync, answersDryRun: true);
        table.On(Ec2Api.MonitorInstances, monitor.MonitorAsync, answersDryRun: true);
        table.On(Ec2Api.UnmonitorInstances, monitor.UnmonitorAsync, answersDryRun: true);
        table.On(Ec2Api.ReportInstanceStatus, monitor.ReportAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyInstanceMaintenanceOptions, monitor.ModifyMaintenanceAsync, answersDryRun: true);
        table.On(Ec2Api.GetInstanceMetadataDefaults, metadataDefaults.GetAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyInstanceMetadataDefaults, metadataDefaults.ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyInstancePlacement, placement.ModifyAsync, answersDryRun: true);
        table.On(Ec2Api.GetConsoleOutput, console.GetOutputAsync, answersDryRun: true);
        table.On(Ec2Api.GetInstanceUefiData, console.GetUefiDataAsync, answersDryRun: true);
        table.On(Ec2Api.GetInstanceTpmEkPub, console.GetTpmKeyAsync, answersDryRun: true);
        table.On(Ec2Api.GetConsoleScreenshot, console.GetScreenshotAsync, answersDryRun: true);
    }

    /// <summary>Starts stopped instances: all of them or none.</summary>
    public async ValueTask<StartInstancesResult> StartAsync(StartInstancesRequest input, Call call, CancellationToken cancellationToken)
    {
        var ids = InstanceLookup.ParseRequired(input.InstanceIds);
        var rooms = new List<HostReservation>();
        try
        {
            var changes = await cloud.WriteAsync(
                call,
                transaction =>
                {
                    Return(rooms);
                    var found = InstanceLookup.FindAll(transaction, call.AccountId, ids);
                    var steps = found.Select(instance => (Before: instance, After: InstancePlan.Start(instance, call.Now))).ToArray();
                    if (steps.FirstOrDefault(step => !ReferenceEquals(step.Before, step.After) && !HasRoot(transaction, step.Before)).Before is { } rootless)
                    {
                        throw InstanceErrors.WithoutRoot(rootless);
                    }

                    call.AnswerDryRun();
                    foreach (var (before, after) in steps.Where(step => !ReferenceEquals(step.Before, step.After)))
                    {
                        var room = Reserve(transaction, after, call.Now);
                        rooms.Add(room);
                        InstanceTransitions.AssociatePublicAddresses(transaction, addresses.PublicPool, after);
                        transaction.Put(Instance.Table, after with { CapacityReservationId = room.ReservationOf(0) });
                    }

                    return Changes(steps);
                },
                cancellationToken);
            return new StartInstancesResult { StartingInstances = changes };
        }
        finally
        {
            Return(rooms);
        }
    }

    /// <summary>Stops running instances: all of them or none.</summary>
    public async ValueTask<StopInstancesResult> StopAsync(StopInstancesRequest input, Call call, CancellationToken cancellationToken)
    {
        var ids = InstanceLookup.ParseRequired(input.InstanceIds);
        if (input is { Hibernate: true, Force: true })
        {
            throw Ec2Errors.InvalidParameterCombination("The parameters Force and Hibernate may not be used together.");
        }

        var changes = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var found = InstanceLookup.FindAll(transaction, call.AccountId, ids);
                if (input.Hibernate == true && found.FirstOrDefault(instance => !instance.HibernationConfigured) is { } plain)
                {
                    throw InstanceErrors.NotHibernatable(plain.Id);
                }

                if (found.FirstOrDefault(instance => instance.DisableApiStop) is { } kept)
                {
                    throw InstanceErrors.StopProtected(kept.Id);
                }

                var steps = found.Select(instance => (Before: instance, After: InstancePlan.Stop(instance, input.Force ?? false, call.Now, input.Hibernate ?? false))).ToArray();
                call.AnswerDryRun();
                foreach (var (_, after) in steps.Where(step => !ReferenceEquals(step.Before, step.After)))
                {
                    transaction.Put(Instance.Table, after);
                }

                return Changes(steps);
            },
            cancellationToken);
        return new StopInstancesResult { StoppingInstances = changes };
    }

    /// <summary>Reboots running instances: all of them or none.</summary>
    public async ValueTask<RebootInstancesResult> RebootAsync(RebootInstancesRequest input, Call call, CancellationToken cancellationToken)
    {
        var ids = InstanceLookup.ParseRequired(input.InstanceIds);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var rebooted = InstanceLookup.FindAll(transaction, call.AccountId, ids).Select(InstancePlan.Reboot).ToArray();
                call.AnswerDryRun();
                foreach (var instance in rebooted)
                {
                    transaction.Put(Instance.Table, instance);
                }
            },
            cancellationToken);
        return new RebootInstancesResult();
    }

    /// <summary>
    /// Terminates instances. One that is protected saves those in its own availability zone; those in other zones are
    /// terminated nevertheless, and the call fails (EC2 API Reference: TerminateInstances).
    /// </summary>
    public async ValueTask<TerminateInstancesResult> TerminateAsync(TerminateInstancesRequest input, Call call, CancellationToken cancellationToken)
    {
        var ids = InstanceLookup.ParseRequired(input.InstanceIds);
        var (changes, kept) = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var found = InstanceLookup.FindAll(transaction, call.AccountId, ids);
                var kept = found.Where(instance => instance.DisableApiTermination && !instance.State.IsEnding()).ToArray();
                if (kept.Length == 0 || call.IsDryRun)
                {
                    ThrowIfKept(kept);
                    call.AnswerDryRun();
                }

                var safe = kept.Select(instance => instance.Zone).ToHashSet(StringComparer.Ordinal);
                var steps = found.Where(instance => !safe.Contains(instance.Zone)).Select(instance => (Before: instance, Step: InstancePlan.Terminate(instance, call.Now))).ToArray();
                foreach (var (_, step) in steps.Where(step => !ReferenceEquals(step.Before, step.Step.Next)))
                {
                    InstanceTransitions.Apply(transaction, step);
                }

                return (Changes([.. steps.Select(step => (step.Before, step.Step.Next))]), kept);
            },
            cancellationToken);
        ThrowIfKept(kept);
        return new TerminateInstancesResult { TerminatingInstances = changes };
    }

    private static void ThrowIfKept(Instance[] kept)
    {
        if (kept.Length > 0)
        {
            throw InstanceErrors.TerminationProtected(kept[0].Id);
        }
    }

    private static bool HasRoot(CloudTransaction transaction, Instance instance) => instance.VolumeIds.Any(id =>
        transaction.Find(Volumes.Volume.Table, instance.AccountId, id)?.Attachment is { } attachment && attachment.DeviceName == instance.RootDeviceName);

    private HostReservation Reserve(CloudTransaction transaction, Instance instance, DateTimeOffset now)
    {
        var choice = instance.CapacityChoice ?? CapacityChoice.Open;
        var isDedicated = instance.DedicatedHostId is not null;
        DedicatedHostRules.DemandHost(transaction, instance);
        var reservations = CapacityReservationRules.For(transaction, instance.AccountId, instance.InstanceType, instance.Platform, choice, instance.PlacementGroupId is not null || isDedicated, now);

        // Its disks lie on one host; nowhere else can it start.
        var room = ledger.ReserveOn(instance.HostId!, Demand.Of(instance), reservations.In(instance.Zone, choice), isDedicated);
        if (room.HostIds.Count == 0)
        {
            throw choice.ReservationId is { } id ? CapacityReservationErrors.Exceeded(id)
                : isDedicated ? DedicatedHostErrors.Full()
                : InstanceErrors.InsufficientCapacity(instance.InstanceType, instance.Zone, []);
        }

        room.AssignTo([instance.Id]);
        return room;
    }

    private static void Return(List<HostReservation> rooms)
    {
        rooms.ForEach(room => room.Dispose());
        rooms.Clear();
    }

    private static IReadOnlyList<InstanceStateChange> Changes(IReadOnlyList<(Instance Before, Instance After)> steps) =>
    [
        .. steps.Select(step => new InstanceStateChange
        {
            InstanceId = step.Before.Id,
            CurrentState = InstanceMapping.StateOf(step.After.State),
            PreviousState = InstanceMapping.StateOf(step.Before.State),
        }),
    ];
}
