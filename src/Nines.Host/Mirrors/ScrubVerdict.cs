namespace Nines.Host.Mirrors;

/// <summary>What a scrub found.</summary>
/// <param name="Bytes">How much it read of each copy.</param>
/// <param name="Places">How many places differ.</param>
/// <param name="Bad">The copy that is to be made anew; <see langword="null"/> when none is.</param>
/// <param name="IsKnown">Whether it is known to be the wrong one. Of data that no scrub has read before it is not; then the first is taken for right.</param>
internal sealed record ScrubVerdict(long Bytes, int Places, MirrorCopy? Bad, bool IsKnown);
