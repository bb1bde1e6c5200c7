namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-add</c> of a disk that takes every write and keeps none.</summary>
/// <param name="NodeName">What it will be called.</param>
/// <param name="Size">In bytes.</param>
internal sealed record NullAdd(string NodeName, long Size) : IQmpCommand<QmpNothing>
{
    public static string Name => BlockdevAdd.Name;

    public string Driver { get; } = "null-co";

    public bool ReadZeroes { get; } = true;
}
