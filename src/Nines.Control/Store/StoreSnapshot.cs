namespace Nines.Control.Store;

/// <summary>Records as of one revision, by key.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Entries">The records.</param>
/// <param name="More">There are records after the last entry.</param>
internal sealed record StoreSnapshot(long Revision, IReadOnlyList<StoreEntry> Entries, bool More);
