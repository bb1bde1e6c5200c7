namespace Nines.Host.Mirrors;

/// <summary>What scrubs of a mirrored disk remember from one to the next, while its machine runs: without it, of two copies that differ neither is known to be right.</summary>
internal sealed class ScrubMemory
{
    private readonly Dictionary<long, UInt128> _sums = [];

    /// <summary>The notes of where was written since the last scrub began; <see langword="null"/> before the first.</summary>
    public string? Bitmap { get; private set; }

    /// <summary>The notes for the scrub that begins now.</summary>
    public string NextBitmap => Bitmap == First ? Second : First;

    /// <summary>Both names that notes have in turn.</summary>
    public const string First = "scrub-0";

    /// <summary>See <see cref="First"/>.</summary>
    public const string Second = "scrub-1";

    /// <summary>Which copy is right of two that differ in a place.</summary>
    /// <param name="chunk">The place.</param>
    /// <param name="first">Checksum of the first copy there.</param>
    /// <param name="second">Checksum of the second.</param>
    /// <param name="wasWritten">Whether it was written to since the last scrub began, so that what is remembered of it says nothing.</param>
    /// <returns><see langword="null"/>: nobody knows.</returns>
    public MirrorCopy? Judge(long chunk, UInt128 first, UInt128 second, bool wasWritten) =>
        wasWritten || !_sums.TryGetValue(chunk, out var known) ? null : known == first ? MirrorCopy.First : known == second ? MirrorCopy.Second : null;

    /// <summary>Remembers a scrub: what it read, and since when writes are noted.</summary>
    public void Keep(IReadOnlyDictionary<long, UInt128> sums, string bitmap)
    {
        _sums.Clear();
        foreach (var (chunk, sum) in sums)
        {
            _sums[chunk] = sum;
        }

        Bitmap = bitmap;
    }
}
