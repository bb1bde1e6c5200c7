using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>blockdev-add</c>: opens a file, or a disk in a file. As at a launch, a guest's flush is an fsync of the file.</summary>
/// <param name="Driver"><c>file</c> or <c>qcow2</c>.</param>
/// <param name="NodeName">What it will be called.</param>
internal sealed record BlockdevAdd(string Driver, string NodeName) : IQmpCommand<QmpNothing>
{
    public static string Name => "blockdev-add";

    /// <summary>For <c>file</c>: its path.</summary>
    [JsonPropertyName("filename")]
    public string? FileName { get; init; }

    /// <summary>For <c>qcow2</c>: the node that it lies in.</summary>
    public string? File { get; init; }

    /// <summary>What the guest gives back is given back to the machine.</summary>
    public string Discard { get; } = "unmap";

    /// <summary>For <c>qcow2</c>: zeroes that are written take no space.</summary>
    public string? DetectZeroes { get; init; }

    /// <summary>For <c>qcow2</c>: how it is encrypted, if it is.</summary>
    public DiskEncryption? Encrypt { get; init; }
}
