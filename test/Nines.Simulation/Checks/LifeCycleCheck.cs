using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;
using Nines.Simulation.Clouds;
using static Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Simulation.Checks;

/// <summary>
/// Every transaction takes an instance along one edge of AWS's life cycle, counters only grow, an identity never changes, and what is
/// terminated stays so. Source: EC2 User Guide, "Amazon EC2 instance state changes".
/// </summary>
internal sealed class LifeCycleCheck : ICheck
{
    private static readonly HashSet<(InstanceState From, InstanceState To)> s_edges =
    [
        (Pending, Running), (Pending, Stopping), (Pending, ShuttingDown), (Pending, Terminated), (Pending, Stopped),
        (Running, Stopping), (Running, ShuttingDown),
        (Stopping, Stopped), (Stopping, ShuttingDown),
        (Stopped, Pending), (Stopped, Terminated),
        (ShuttingDown, Terminated),
    ];

    private readonly HashSet<string> _gone = [];

    public void Watch(World world, Cloud records, Action<string> fail) => records.Subscribe(Instance.Table, change =>
    {
        if (Problem(change.Before, change.After) is { } problem)
            fail($"{change.Key.Id} at revision {change.Revision}: {problem}");
    });

    private string? Problem(Instance? before, Instance? after)
    {
        if (before is null)
            return after!.State != Pending ? $"begins as {after.State}" : _gone.Contains(after.Id) ? "comes back" : null;
        if (after is null)
        {
            _gone.Add(before.Id);
            return before.State != Terminated ? $"vanishes while {before.State}" : null;
        }
        if (before.State != after.State && !s_edges.Contains((before.State, after.State)))
            return $"goes from {before.State} to {after.State}";
        if (after.BootGeneration < before.BootGeneration)
            return $"boot generation goes back from {before.BootGeneration} to {after.BootGeneration}";
        if (after.BootGeneration == before.BootGeneration && after.RebootGeneration < before.RebootGeneration)
            return $"reboot generation goes back from {before.RebootGeneration} to {after.RebootGeneration}";
        if (before.State == Stopped && after.State == Pending && after.BootGeneration == before.BootGeneration)
            return "starts without a new boot generation";
        if (before.State is not Stopped && before.InstanceType != after.InstanceType)
            return $"changes its type while {before.State}";
        return (before.PrivateIpAddress, before.VpcId, before.SubnetId, before.ReservationId) != (after.PrivateIpAddress, after.VpcId, after.SubnetId, after.ReservationId)
            ? "changes its identity"
            : null;
    }
}
