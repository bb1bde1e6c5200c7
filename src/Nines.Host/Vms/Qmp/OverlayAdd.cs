using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-add</c> of a disk whose base is not opened with it: it is to be put over one that is open.</summary>
/// <param name="NodeName">What it will be called.</param>
/// <param name="File">The node that it lies in.</param>
internal sealed record OverlayAdd(string NodeName, string File) : IQmpCommand<QmpNothing>
{
    public static string Name => BlockdevAdd.Name;

    /// <summary>The only kind of disk here.</summary>
    public string Driver { get; } = "qcow2";

    /// <summary>Said to be none; left out, it would be the one that the file names.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Backing { get; }

    /// <summary>What the guest gives back is given back to the machine.</summary>
    public string Discard { get; } = "unmap";

    /// <summary>Zeroes that are written take no space.</summary>
    public string DetectZeroes { get; } = "unmap";

    /// <summary>How it is encrypted, if it is.</summary>
    public DiskEncryption? Encrypt { get; init; }
}
