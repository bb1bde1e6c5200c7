using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.ScheduledEvents;

/// <summary>The hours of the week, in UTC, in which an account wants events to happen to some of its instances.</summary>
internal sealed record EventWindow : ITaggable<EventWindow>
{
    /// <summary>All windows.</summary>
    public static readonly TableDefinition<EventWindow> Table = new("event-windows", Ec2JsonContext.Default.EventWindow);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>What its owner calls it, or <see langword="null"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Its ranges; none where it has an expression.</summary>
    public ImmutableArray<EventWindowRange> Ranges { get; init; } = [];

    /// <summary>Its expression, or <see langword="null"/>.</summary>
    public string? CronExpression { get; init; }

    /// <summary>The instances that it is for.</summary>
    public ImmutableSortedSet<string> InstanceIds { get; init; } = [];

    /// <summary>The tags of the instances that it is for.</summary>
    public ImmutableSortedDictionary<string, string> InstanceTags { get; init; } = TagMap.Empty;

    /// <summary>The dedicated hosts that it is for.</summary>
    public ImmutableSortedSet<string> DedicatedHostIds { get; init; } = [];

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <inheritdoc/>
    public EventWindow WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
