namespace Nines.Host.Api;

/// <summary>What a host observes of one disk.</summary>
/// <param name="Id">The volume, <c>vol-…</c>.</param>
/// <param name="State">Whether it is usable.</param>
/// <param name="SizeGiB">Size that a guest sees.</param>
/// <param name="Message">What a user should read about it, or <see langword="null"/>.</param>
/// <param name="Redundancy">How its copies stand.</param>
/// <param name="RebuiltPercent">How much of a copy is made that is being made.</param>
public sealed record VolumeStatus(
    string Id, VolumeState State, int SizeGiB, string? Message = null, VolumeRedundancy Redundancy = VolumeRedundancy.None, int RebuiltPercent = 0)
{
    /// <summary>For one that is lost: the moment whose disk its copy is.</summary>
    public DateTimeOffset? CopyOf { get; init; }
}
