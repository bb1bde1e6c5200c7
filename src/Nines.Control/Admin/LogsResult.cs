namespace Nines.Control.Admin;

/// <summary>Lines of the program's log, oldest first.</summary>
internal sealed record LogsResult(IReadOnlyList<string> Lines);
