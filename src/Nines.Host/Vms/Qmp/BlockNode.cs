namespace Nines.Host.Vms.Qmp;

/// <summary>A block node.</summary>
/// <param name="NodeName">Its name.</param>
/// <param name="File">The path by which its file was opened.</param>
internal sealed record BlockNode(string NodeName, string? File = null);
