using Nines.Host.Api;

namespace Nines.Host.Volumes;

/// <summary>The machines that have disks open, as far as a snapshot concerns them.</summary>
internal interface IOpenDisks
{
    /// <summary>The path by which a machine opened the file that it writes a volume to; <see langword="null"/> when none has it open.</summary>
    /// <exception cref="IOException">A machine that may have it open does not say.</exception>
    Task<string?> FileOfAsync(string volumeId, CancellationToken cancellationToken);

    /// <summary>Has machines write to other files, each based on the one that was written to; all disks of a machine at one moment, and the guest notices nothing.</summary>
    /// <exception cref="IOException">A machine did not do so, or nobody knows.</exception>
    Task SwitchAsync(IReadOnlyCollection<NextFile> disks, CancellationToken cancellationToken);

    /// <summary>Whether a moment has come, or will not come any more.</summary>
    bool HasCome(SnapshotMoment moment);
}
