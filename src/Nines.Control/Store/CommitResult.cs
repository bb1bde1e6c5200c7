namespace Nines.Control.Store;

/// <summary>The verdict on a transaction.</summary>
/// <param name="Succeeded">False: a condition did not hold and nothing was applied.</param>
/// <param name="Revision">The revision that the transaction made; after a conflict or without a change, the newest at the verdict.</param>
/// <param name="ConflictKey">The first key whose condition did not hold.</param>
internal readonly record struct CommitResult(bool Succeeded, long Revision, string? ConflictKey = null);
