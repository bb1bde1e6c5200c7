using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Nines.Host.Gate;

/// <summary>
/// All that a kept guest depends on. When any of it changes the kept guest is another one, and the old one is of no use.
/// </summary>
internal sealed record GateKey
{
    /// <summary>Raised when kept guests of an older program cannot be restored by this one.</summary>
    private const int Format = 2;

    /// <summary>Digest of the image.</summary>
    public required string ImageDigest { get; init; }

    /// <summary>Whose kept memory it is: guests of a private image are never shared between accounts.</summary>
    public required string Owner { get; init; }

    /// <summary>The instance type, whose name the guest sees.</summary>
    public required string InstanceType { get; init; }

    public required int VCpus { get; init; }

    public required int MemoryMiB { get; init; }

    /// <summary><c>kvm</c> or <c>tcg</c>.</summary>
    public required string Accelerator { get; init; }

    /// <summary>Version of the hypervisor and of the processor it shows.</summary>
    public required string Hypervisor { get; init; }

    /// <summary>Path of the snapshot that its disk starts as; <see langword="null"/>: it starts as the image's.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Every device of the machine: its command line without what is its own.</summary>
    public required string Devices { get; init; }

    /// <summary>The snapshot that its disk starts as, or <see langword="null"/>.</summary>
    [JsonIgnore]
    public string? SnapshotId => Path.GetFileNameWithoutExtension(Snapshot);

    /// <summary>Whether it is of a snapshot that is no more. Its file may still be there, for volumes that are based on it.</summary>
    [JsonIgnore]
    public bool IsOrphan => Snapshot is not null && !File.Exists(Path.ChangeExtension(Snapshot, ".json"));

    /// <summary>32 hexadecimal digits, the same for the same key.</summary>
    public string Id => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', $"{Format}", ImageDigest, Owner, InstanceType, $"{VCpus}", $"{MemoryMiB}", Accelerator, Hypervisor, Devices) + Snapshot)))[..32];
}
