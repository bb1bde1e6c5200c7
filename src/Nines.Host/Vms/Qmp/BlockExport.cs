namespace Nines.Host.Vms.Qmp;

/// <summary>A disk that can be read over the server's socket.</summary>
/// <param name="Id">What the export is called.</param>
internal sealed record BlockExport(string Id);
