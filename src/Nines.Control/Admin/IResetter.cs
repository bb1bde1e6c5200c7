using Nines.Control.Store;

namespace Nines.Control.Admin;

/// <summary>Empties one part of the cloud, so that the account is as new. Each part that keeps something has one.</summary>
internal interface IResetter
{
    /// <summary>What is emptied, for the log.</summary>
    string Name { get; }

    /// <summary>Parts are emptied in ascending order: what makes things stops before what holds them is emptied, and what a new account has is made last.</summary>
    int Order { get; }

    /// <summary>Ends what must have ended before its records may go.</summary>
    Task PrepareAsync(string accountId, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Empties the records, as a part of the one transaction of all parts. May run again when the transaction lost a race.</summary>
    /// <returns>Waits, once the transaction is durable, until a client may go on; null: it may at once.</returns>
    Func<CancellationToken, Task>? Reset(CloudTransaction transaction, string accountId);

    /// <summary>
    /// Whether something is there that belongs to what was emptied: it was made by a call that was already on its way, whose commit the
    /// transaction could not see.
    /// </summary>
    bool HasStragglers(string accountId) => false;
}
