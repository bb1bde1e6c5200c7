using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>
/// Which parts of a desired state may differ from an earlier one. The state itself is whole all the same: a host that has the
/// earlier one need not look at the rest, and any other host looks at everything.
/// </summary>
public sealed record HostStateChanges
{
    /// <summary>The generation of the earlier state.</summary>
    public required long Since { get; init; }

    /// <summary>Ids of new, changed and dropped networks.</summary>
    public ImmutableArray<string> Vpcs { get; init; } = [];

    /// <summary>Ids of new, changed and dropped disks.</summary>
    public ImmutableArray<string> Volumes { get; init; } = [];

    /// <summary>Ids of new, changed and dropped snapshots.</summary>
    public ImmutableArray<string> Snapshots { get; init; } = [];

    /// <summary>Ids of new, changed and dropped machines.</summary>
    public ImmutableArray<string> Vms { get; init; } = [];
}
