using Nines.Control.Store;

namespace Nines.Control.Reconcile;

/// <summary>
/// Makes one kind of resource be as it is desired. It is told which record, never what happened: it looks at what is
/// desired and what is observed, takes the next step, and can be called again at any point without harm.
/// </summary>
internal interface IReconciler
{
    /// <summary>For logs and metrics: <c>instance</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Takes the next step for a record, which may be gone by now. An exception means: again, later and later.
    /// </summary>
    /// <exception cref="TerminalException">Trying again is of no use: <see cref="GiveUpAsync"/> is called.</exception>
    ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken);

    /// <summary>Writes why it cannot become true into the record, where its user sees it.</summary>
    ValueTask GiveUpAsync(ResourceKey key, TerminalException reason, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
