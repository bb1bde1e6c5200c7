using Nines.Host.Api;

namespace Nines.Host.Transfers;

/// <summary>One way that disks go: into buckets, or out of them.</summary>
internal interface ITransfers
{
    /// <summary>What is there of a disk that went its way in this life of the agent or an earlier one; <see langword="null"/>: it has not, wholly.</summary>
    TransferStatus? Find(TransferSpec spec);

    /// <summary>Writes the disk to where nobody takes it for done. It may take long.</summary>
    /// <exception cref="Images.ImageException">It cannot be transferred; the message says why.</exception>
    Task WriteAsync(TransferSpec spec, Action<TransferStatus> report, CancellationToken cancellationToken);

    /// <summary>Puts the written disk where it belongs; it lasts when this returns.</summary>
    Task KeepAsync(TransferSpec spec, CancellationToken cancellationToken);

    /// <summary>Removes what was written; of a disk that is no longer wanted, all of it.</summary>
    void Remove(TransferSpec spec);

    /// <summary>The file that is being written.</summary>
    string? DraftOf(TransferSpec spec);
}
