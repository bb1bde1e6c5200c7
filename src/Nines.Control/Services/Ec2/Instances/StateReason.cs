namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Why an instance left its last state, as AWS's <c>StateReason</c>.</summary>
/// <param name="Code">AWS's code, such as <c>Client.UserInitiatedShutdown</c>.</param>
/// <param name="Message">What a user reads; AWS begins it with the code.</param>
internal sealed record StateReason(string Code, string Message)
{
    /// <summary>Stop or terminate was called.</summary>
    public static readonly StateReason UserInitiatedShutdown =
        new("Client.UserInitiatedShutdown", "Client.UserInitiatedShutdown: User initiated shutdown");

    /// <summary>Stop was called with Hibernate.</summary>
    public static readonly StateReason UserInitiatedHibernate =
        new("Client.UserInitiatedHibernate", "Client.UserInitiatedHibernate: User initiated hibernate");

    /// <summary>A scheduled event stopped it.</summary>
    public static readonly StateReason ScheduledStop = new("Server.ScheduledStop", "Server.ScheduledStop: Stopped due to a scheduled event");

    /// <summary>The guest shut itself down.</summary>
    public static readonly StateReason InstanceInitiatedShutdown =
        new("Client.InstanceInitiatedShutdown", "Client.InstanceInitiatedShutdown: Instance initiated shutdown");

    /// <summary>It waits for its first or next start.</summary>
    public static readonly StateReason Pending = new("pending", "pending");

    /// <summary>A disk could not be opened, because the key that it is under is off or gone.</summary>
    public static readonly StateReason KeyUnusable =
        new("Client.InvalidKMSKey.InvalidState", "Client.InvalidKMSKey.InvalidState: The KMS key provided is in an incorrect state");

    /// <summary>The host could not start it.</summary>
    public static StateReason LaunchFailed(string? detail) => ServerInternalError(detail ?? "Internal error on launch");

    /// <summary>The hypervisor under it ended.</summary>
    public static StateReason HypervisorFailed(string? detail) => ServerInternalError(detail ?? "The hypervisor process ended unexpectedly");

    private static StateReason ServerInternalError(string detail) => new("Server.InternalError", $"Server.InternalError: {detail}");
}
