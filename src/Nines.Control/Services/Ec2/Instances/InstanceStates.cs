namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What AWS's states are called and which may follow which.</summary>
internal static class InstanceStates
{
    /// <summary>Every state, in the order of its code.</summary>
    public static IReadOnlyList<InstanceState> All { get; } = Enum.GetValues<InstanceState>();

    /// <summary>The name on the wire.</summary>
    public static string Name(this InstanceState state) => state switch
    {
        InstanceState.Pending => "pending",
        InstanceState.Running => "running",
        InstanceState.ShuttingDown => "shutting-down",
        InstanceState.Terminated => "terminated",
        InstanceState.Stopping => "stopping",
        InstanceState.Stopped => "stopped",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, null),
    };

    /// <summary>
    /// Whether AWS's life cycle has an edge between two states. A stopped instance is terminated at once; a start that
    /// fails leads back to stopped.
    /// </summary>
    public static bool MayBecome(this InstanceState from, InstanceState to) => (from, to) switch
    {
        (InstanceState.Pending, InstanceState.Running or InstanceState.Stopping or InstanceState.Stopped or InstanceState.ShuttingDown or InstanceState.Terminated) => true,
        (InstanceState.Running, InstanceState.Stopping or InstanceState.ShuttingDown) => true,
        (InstanceState.Stopping, InstanceState.Stopped or InstanceState.ShuttingDown) => true,
        (InstanceState.Stopped, InstanceState.Pending or InstanceState.Terminated) => true,
        (InstanceState.ShuttingDown, InstanceState.Terminated) => true,
        _ => false,
    };

    /// <summary>Whether the instance is on its way out or gone; nothing about it may change any more.</summary>
    public static bool IsEnding(this InstanceState state) => state is InstanceState.ShuttingDown or InstanceState.Terminated;
}
