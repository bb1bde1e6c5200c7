namespace Nines.Control.Admin;

/// <summary>The state of the cloud.</summary>
internal sealed record StatusResult
{
    /// <summary>The program's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>When the program started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The account.</summary>
    public string AccountId { get; init; } = "";

    /// <summary>The region.</summary>
    public string Region { get; init; } = "";

    /// <summary>The hosts.</summary>
    public IReadOnlyList<HostStatus> Hosts { get; init; } = [];

    /// <summary>How many there are of each kind of thing, by its name: <c>instances running</c>, <c>volumes</c>.</summary>
    public IReadOnlyDictionary<string, int> Counts { get; init; } = new Dictionary<string, int>();
}
