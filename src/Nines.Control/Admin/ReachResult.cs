namespace Nines.Control.Admin;

/// <summary>Whether a packet would arrive and be answered.</summary>
/// <param name="IsReachable">Whether it would.</param>
/// <param name="Steps">What it meets, in order; the last decides where it does not.</param>
internal sealed record ReachResult(bool IsReachable, IReadOnlyList<ReachLine> Steps);
