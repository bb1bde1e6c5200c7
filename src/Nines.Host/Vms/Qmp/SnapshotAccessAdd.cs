namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-add</c> of a disk as it was when what copies before writes was put over it; it can only be read.</summary>
/// <param name="NodeName">What it will be called.</param>
/// <param name="File">What copies before writes (<see cref="CopyBeforeWriteAdd"/>).</param>
internal sealed record SnapshotAccessAdd(string NodeName, string File) : IQmpCommand<QmpNothing>
{
    public static string Name => BlockdevAdd.Name;

    public string Driver { get; } = "snapshot-access";

    public bool ReadOnly { get; } = true;
}
