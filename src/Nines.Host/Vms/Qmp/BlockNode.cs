namespace Nines.Host.Vms.Qmp;

/// <summary>A block node.</summary>
/// <param name="NodeName">Its name.</param>
internal sealed record BlockNode(string NodeName);
