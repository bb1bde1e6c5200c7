using Nines.Control.Audit;
using Nines.Control.Gateway;

namespace Nines.Control.Admin;

/// <summary>What the operator's verbs need of the rest; a part that is missing answers that it is not there.</summary>
internal sealed class AdminOperations
{
    /// <summary>Tells the state of the cloud; the gateway adds what it knows itself.</summary>
    public Func<CancellationToken, Task<StatusResult>>? Status { get; init; }

    /// <summary>Tells what servers and hosts take.</summary>
    public Func<UsageRequest, CancellationToken, Task<UsageResult>>? Usage { get; init; }

    /// <summary>Tells how volumes and their copies stand.</summary>
    public Func<VolumesRequest, CancellationToken, Task<VolumesResult>>? Volumes { get; init; }

    /// <summary>Makes known what images the hosts have; for images that were built or imported since the start.</summary>
    public Func<CancellationToken, Task>? RefreshImages { get; init; }

    /// <summary>Makes an account as new.</summary>
    public Func<Call, CancellationToken, Task>? Reset { get; init; }

    /// <summary>Says for an account whether a packet would arrive, and what decides.</summary>
    public Func<string, ReachRequest, ReachResult>? Reach { get; init; }

    /// <summary>Pulls the cable of an adapter, or puts it back.</summary>
    public Func<Call, LinkRequest, CancellationToken, Task>? SetLink { get; init; }

    /// <summary>Schedules an event of an instance.</summary>
    public Func<Call, MaintenanceRequest, CancellationToken, Task<MaintenanceResult>>? ScheduleMaintenance { get; init; }

    /// <summary>The account whose root is the operator: what reaches beyond an account is for it alone. Without one, every account's root is.</summary>
    public string? OperatorAccountId { get; init; }

    /// <summary>Makes an account.</summary>
    public Func<Call, AccountRequest, CancellationToken, Task<AccountResult>>? CreateAccount { get; init; }

    /// <summary>Tells which accounts there are.</summary>
    public Func<AccountsResult>? ListAccounts { get; init; }

    /// <summary>The instances' consoles.</summary>
    public IConsoles? Consoles { get; init; }

    /// <summary>The newest lines of the audit.</summary>
    public Func<int, CancellationToken, Task<IReadOnlyList<AuditLine>>>? Audit { get; init; }
}
