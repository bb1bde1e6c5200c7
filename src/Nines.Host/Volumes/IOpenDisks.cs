namespace Nines.Host.Volumes;

/// <summary>The machines that have disks open, as far as a snapshot concerns them.</summary>
internal interface IOpenDisks
{
    /// <summary>The path by which a machine opened the file that it writes a volume to; <see langword="null"/> when none has it open.</summary>
    /// <exception cref="IOException">A machine that may have it open does not say.</exception>
    Task<string?> FileOfAsync(string volumeId, CancellationToken cancellationToken);

    /// <summary>Has the machine write to another file, which is based on the one that it wrote to; the guest notices nothing.</summary>
    /// <exception cref="IOException">The machine did not do so, or nobody knows.</exception>
    Task SwitchAsync(string volumeId, string overlayPath, CancellationToken cancellationToken);
}
