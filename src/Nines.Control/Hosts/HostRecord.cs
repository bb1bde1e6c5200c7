using System.Collections.Immutable;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>A server that runs instances: what it is, which zones it serves, and which networks it carries.</summary>
internal sealed record HostRecord : IResource
{
    public static readonly TableDefinition<HostRecord> Table = new("hosts", HostJsonContext.Default.HostRecord);

    /// <summary>The account that hosts are stored under; they belong to the cloud, not to a customer.</summary>
    public const string Owner = "cloud";

    public string AccountId { get; init; } = Owner;

    public required string Id { get; init; }

    /// <summary>Names of the availability zones that it serves.</summary>
    public ImmutableArray<string> Zones { get; init; } = [];

    /// <summary>Physical processors.</summary>
    public required int Cpus { get; init; }

    /// <summary>Physical memory in MiB.</summary>
    public required long MemoryMiB { get; init; }

    /// <summary>Whether machines exist only in its memory.</summary>
    public bool Simulated { get; init; }

    /// <summary>How often the cloud has taken charge of it; every time is a change, so that its generations go on growing.</summary>
    public long Epoch { get; init; }

    /// <summary>Networks that it was told of and has not reported gone.</summary>
    public ImmutableSortedSet<string> VpcIds { get; init; } = [];

    /// <summary>What it last observed of the memory that it was told to keep.</summary>
    public ImmutableArray<FastLaunchStatus> FastLaunches { get; init; } = [];

    /// <summary>
    /// Whether the records of all that it has were removed at once: it is purged before it is told anything more. Written
    /// together with that removal, so that a crash in between leaves nothing running that nobody knows of.
    /// </summary>
    public bool MustPurge { get; init; }
}
