namespace Nines.Host.Vms.Qmp;

/// <summary>A node, a device or a job of the graph.</summary>
/// <param name="Id">Its number in this graph.</param>
/// <param name="Name">What it is called.</param>
internal sealed record BlockVertex(long Id, string Name);
