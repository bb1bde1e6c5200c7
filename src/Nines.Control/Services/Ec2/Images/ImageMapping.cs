namespace Nines.Control.Services.Ec2.Images;

/// <summary>A disk that an image gives to what is launched from it.</summary>
internal sealed record ImageMapping
{
    /// <summary>The name of the device.</summary>
    public required string DeviceName { get; init; }

    /// <summary>The snapshot that it starts as; <see langword="null"/>: it is empty.</summary>
    public string? SnapshotId { get; init; }

    /// <summary>The least size, and the size unless the launch names one.</summary>
    public required int SizeGiB { get; init; }

    /// <summary>The type unless the launch names one.</summary>
    public required string VolumeType { get; init; }

    /// <summary>Input/output operations per second, or <see langword="null"/> for the type's own.</summary>
    public int? Iops { get; init; }

    /// <summary>Throughput in MiB/s, or <see langword="null"/> for the type's own.</summary>
    public int? ThroughputMiBps { get; init; }

    /// <summary>Whether it is encrypted: as its snapshot is, or an empty one because the image says so.</summary>
    public bool Encrypted { get; init; }

    /// <summary>Whether it ends with its instance unless the launch says otherwise.</summary>
    public bool DeleteOnTermination { get; init; } = true;
}
