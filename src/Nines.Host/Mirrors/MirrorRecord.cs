namespace Nines.Host.Mirrors;

/// <summary>What is remembered of a mirrored disk, beside each copy.</summary>
/// <param name="Sequence">How many were written before: of two that differ, as one disk may have been away, the higher holds.</param>
/// <param name="State">Which copies are good.</param>
internal sealed record MirrorRecord(long Sequence, MirrorState State);
