namespace Nines.Host.Api;

/// <summary>What a host observes of a transfer.</summary>
/// <param name="Id">The transfer.</param>
/// <param name="State">How far it is.</param>
/// <param name="Percent">How much of the disk is written.</param>
/// <param name="Message">Why it failed, for a user to read, or <see langword="null"/>.</param>
public sealed record TransferStatus(string Id, TransferState State, int Percent = 0, string? Message = null)
{
    /// <summary>Of a disk that has come: what was found out about it.</summary>
    public ImportedDisk? Disk { get; init; }
}
