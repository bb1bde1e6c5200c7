using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What AWS's status checks say of an instance (EC2 User Guide: Status checks for your instances).</summary>
/// <param name="Status"><c>ok</c>, <c>impaired</c>, <c>initializing</c> or <c>not-applicable</c>.</param>
/// <param name="Reachability"><c>passed</c>, <c>failed</c> or <c>initializing</c>; <see langword="null"/> when it is not checked.</param>
/// <param name="ImpairedSince">Since when the check fails.</param>
internal readonly record struct InstanceHealth(string Status, string? Reachability, DateTimeOffset? ImpairedSince = null)
{
    /// <summary>The system's health: a machine that its host reports as running has what it needs of its host.</summary>
    public static InstanceHealth OfSystem(Instance instance) => instance.State switch
    {
        InstanceState.Running => new("ok", "passed"),
        InstanceState.Pending => new("initializing", "initializing"),
        _ => new("not-applicable", null),
    };

    /// <summary>The guest's health: whether it answers its host. A host that does not ask says nothing against it.</summary>
    public static InstanceHealth Of(Instance instance) => (instance.State, instance.Reachability) switch
    {
        (InstanceState.Running, VmReachability.Failed) => new("impaired", "failed", instance.ReachabilitySince),
        (InstanceState.Running, VmReachability.Initializing) => new("initializing", "initializing"),
        _ => OfSystem(instance),
    };
}
