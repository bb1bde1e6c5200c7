using Nines.Control.Services.Ec2.Encryption;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>A file that is to become a snapshot.</summary>
internal sealed record ImportDisk
{
    /// <summary>The snapshot that it becomes; until then nobody but its host knows of that.</summary>
    public required string SnapshotId { get; init; }

    /// <summary>The bucket that the file is in.</summary>
    public required string Bucket { get; init; }

    /// <summary>The file.</summary>
    public required string Key { get; init; }

    /// <summary>How the request named it, where it did so by a URL.</summary>
    public string? Url { get; init; }

    /// <summary>What the request said of it.</summary>
    public string? Description { get; init; }

    /// <summary>The device that it is in an image.</summary>
    public string? DeviceName { get; init; }

    /// <summary>What the file is to be; <see langword="null"/>: whatever it is.</summary>
    public DiskFormat? Format { get; init; }

    /// <summary>How long the file is.</summary>
    public long FileBytes { get; init; }

    /// <summary>What the snapshot is encrypted with, or <see langword="null"/>: it is not.</summary>
    public VolumeKey? EncryptionKey { get; init; }

    /// <summary>How far its host is.</summary>
    public TransferState State { get; init; }

    /// <summary>How much of it is written.</summary>
    public int Percent { get; init; }

    /// <summary>Why it failed, or <see langword="null"/>.</summary>
    public string? Message { get; init; }

    /// <summary>What was found out about it, once it is there.</summary>
    public ImportedDisk? Disk { get; init; }
}
