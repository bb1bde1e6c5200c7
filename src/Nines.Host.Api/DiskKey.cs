namespace Nines.Host.Api;

/// <summary>What the files of an encrypted disk are locked with. Disks that start as one another share it.</summary>
/// <param name="Id">Names it, in the headers of those files too; at most 32 letters, digits and hyphens.</param>
public sealed record DiskKey(string Id)
{
    /// <summary>
    /// The secret, as text; <see langword="null"/>: the host does not have it. It is never written to a host's disk, so a host that
    /// begins again waits until it is told.
    /// </summary>
    public string? Secret { get; init; }

    /// <summary>Why the host is not told the secret, for a user to read; <see langword="null"/> when it is, or will be.</summary>
    public string? Failure { get; init; }

    /// <summary>Its name alone: what is printed comes into logs.</summary>
    public override string ToString() => Id;
}
