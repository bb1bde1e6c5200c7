namespace Nines.Host.Vms.Qmp;

/// <summary>
/// <c>blockdev-add</c> of what is put over a disk to see it as it was at one moment: before a part of the disk is written to, what it held is copied aside.
/// Where that fails, what was is lost, and the writer notices nothing.
/// </summary>
/// <param name="NodeName">What it will be called.</param>
/// <param name="File">The disk.</param>
/// <param name="Target">The disk that takes what is copied aside.</param>
internal sealed record CopyBeforeWriteAdd(string NodeName, string File, string Target) : IQmpCommand<QmpNothing>
{
    public static string Name => BlockdevAdd.Name;

    public string Driver { get; } = "copy-before-write";

    public string OnCbwError { get; } = "break-snapshot";

    /// <summary>Seconds that a writer waits at most.</summary>
    public int CbwTimeout { get; } = 5;
}
