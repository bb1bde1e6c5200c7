namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What AWS's status checks say of an instance (EC2 User Guide: Status checks for your instances).</summary>
/// <param name="Status"><c>ok</c>, <c>initializing</c> or <c>not-applicable</c>.</param>
/// <param name="Reachability"><c>passed</c> or <c>initializing</c>; <see langword="null"/> when it is not checked.</param>
internal readonly record struct InstanceHealth(string Status, string? Reachability)
{
    /// <summary>The health that follows from the state: a machine that its host reports as running is reachable for the host.</summary>
    public static InstanceHealth Of(Instance instance) => instance.State switch
    {
        InstanceState.Running => new("ok", "passed"),
        InstanceState.Pending => new("initializing", "initializing"),
        _ => new("not-applicable", null),
    };
}
