using System.Globalization;

namespace Nines.Host.Replicas;

/// <summary>
/// A file of a volume's asynchronous copy. Its name says all that is known of it, so giving it its name is what makes it count, at once or not at all. Moments are
/// milliseconds since 1970.
/// </summary>
/// <param name="VolumeId">The volume.</param>
/// <param name="At">The moment whose disk it holds, by itself or with what it changes.</param>
/// <param name="From">For a change: the moment of the copy that it changes.</param>
/// <param name="IsDraft">Whether it is not whole yet, or never became so.</param>
internal sealed record ReplicaFile(string VolumeId, long At, long? From = null, bool IsDraft = false)
{
    private const string Copy = "copy";
    private const string Change = "change";
    private const string Draft = "next";

    /// <summary>Its name: <c>VOLUME.AT.copy</c>, <c>VOLUME.FROM.AT.change</c> or <c>VOLUME.AT.next</c>.</summary>
    public string Name => string.Create(
        CultureInfo.InvariantCulture, $"{VolumeId}.{(From is { } from && !IsDraft ? $"{from.ToString(CultureInfo.InvariantCulture)}." : "")}{At}.{(IsDraft ? Draft : From is null ? Copy : Change)}");

    /// <summary>What a name says; <see langword="null"/> when it is no copy's.</summary>
    public static ReplicaFile? Parse(string name) => name.Split('.') switch
    {
        [var id, var at, Copy] when Moment(at) is { } moment => new ReplicaFile(id, moment),
        [var id, var at, Draft] when Moment(at) is { } moment => new ReplicaFile(id, moment, IsDraft: true),
        [var id, var from, var at, Change] when Moment(from) is { } before && Moment(at) is { } moment => new ReplicaFile(id, moment, before),
        _ => null,
    };

    private static long? Moment(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
