namespace Nines.Control.Admin;

/// <summary>It is recorded; the host does it in a moment.</summary>
internal sealed record LinkResult;
