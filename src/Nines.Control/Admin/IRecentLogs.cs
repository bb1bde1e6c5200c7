namespace Nines.Control.Admin;

/// <summary>The newest lines of the program's own log.</summary>
internal interface IRecentLogs
{
    /// <summary>At most so many lines, oldest first.</summary>
    IReadOnlyList<string> Newest(int maxLines);
}
