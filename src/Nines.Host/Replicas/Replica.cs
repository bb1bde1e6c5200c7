using System.Collections.Immutable;

namespace Nines.Host.Replicas;

/// <summary>The asynchronous copy of a volume: the disk as it was at one moment, as the files say.</summary>
/// <param name="Copy">The whole disk.</param>
/// <param name="Change">What is to be written into it, or <see langword="null"/>: while that is done both together are the copy, and nothing of the disk alone.</param>
internal sealed record Replica(ReplicaFile Copy, ReplicaFile? Change)
{
    /// <summary>The moment, in milliseconds since 1970.</summary>
    public long At => Change?.At ?? Copy.At;

    /// <summary>The moment.</summary>
    public DateTimeOffset Moment => DateTimeOffset.FromUnixTimeMilliseconds(At);

    /// <summary>What a volume's files are: its copy, and what is left of earlier ones. Pure.</summary>
    public static (Replica? Replica, ImmutableArray<ReplicaFile> Left) Of(IEnumerable<ReplicaFile> files)
    {
        var all = files.ToImmutableArray();
        var copy = all.Where(file => file is { From: null, IsDraft: false }).MaxBy(file => file.At);
        var change = copy is null ? null : all.Where(file => !file.IsDraft && file.From == copy.At && file.At > copy.At).MaxBy(file => file.At);
        return (copy is null ? null : new Replica(copy, change), [.. all.Where(file => file != copy && file != change)]);
    }
}
