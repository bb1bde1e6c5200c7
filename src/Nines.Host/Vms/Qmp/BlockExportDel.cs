namespace Nines.Host.Vms.Qmp;

/// <summary><c>block-export-del</c>: a disk can no longer be read over the server's socket; who reads it is sent away. It is gone a little later.</summary>
/// <param name="Id">What the export is called.</param>
internal sealed record BlockExportDel(string Id) : IQmpCommand<QmpNothing>
{
    public static string Name => "block-export-del";

    public string Mode { get; } = "hard";
}
