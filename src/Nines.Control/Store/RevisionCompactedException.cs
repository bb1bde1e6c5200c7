namespace Nines.Control.Store;

/// <summary>The changes after a revision are no longer known: take a snapshot and watch from its revision.</summary>
/// <param name="afterRevision">The revision that was asked for.</param>
/// <param name="oldestRevision">The oldest revision that can be watched from.</param>
internal sealed class RevisionCompactedException(long afterRevision, long oldestRevision)
    : StoreException($"Changes after revision {afterRevision} are no longer kept; the oldest are those after {oldestRevision}.")
{
    public long AfterRevision { get; } = afterRevision;

    public long OldestRevision { get; } = oldestRevision;
}
