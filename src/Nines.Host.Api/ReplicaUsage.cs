namespace Nines.Host.Api;

/// <summary>How the asynchronous copy of a volume stands.</summary>
/// <param name="VolumeId">The volume, <c>vol-…</c>.</param>
public sealed record ReplicaUsage(string VolumeId)
{
    /// <summary>The moment whose disk it is, or <see langword="null"/>: there is none yet.</summary>
    public DateTimeOffset? CopyOf { get; init; }

    /// <summary>
    /// How old it is: everything that was written longer ago is in it. 0 when nothing was written since its moment; <see langword="null"/> while there is none.
    /// </summary>
    public double? LagSeconds { get; init; }

    /// <summary>How much is copied of one that is being made, or <see langword="null"/>.</summary>
    public int? Percent { get; init; }

    /// <summary>Why the last attempt came to nothing, or <see langword="null"/>.</summary>
    public string? Message { get; init; }
}
