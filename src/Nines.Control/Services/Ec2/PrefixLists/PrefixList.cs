using System.Collections.Immutable;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.PrefixLists;

/// <summary>A managed prefix list: blocks under one name, for the rules of security groups.</summary>
internal sealed record PrefixList : ITaggable<PrefixList>
{
    /// <summary>All lists.</summary>
    public static readonly TableDefinition<PrefixList> Table = new("prefix-lists", Ec2JsonContext.Default.PrefixList);

    /// <summary>How many earlier versions are kept, where there is room for them.</summary>
    public const int MaxEarlier = 100;

    /// <summary>What a list takes in the store with its earlier versions; the rest is left for tags.</summary>
    private const int MaxBytes = StoreLimits.MaxValueBytes * 3 / 4;

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>What its maker calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The most entries that it may have.</summary>
    public required int MaxEntries { get; init; }

    /// <summary>Grows with every change of its entries, from 1.</summary>
    public long Version { get; init; } = 1;

    /// <summary>Its blocks, in the order in which they were added.</summary>
    public ImmutableArray<PrefixListEntry> Entries { get; init; } = [];

    /// <summary>What it was before, the oldest first.</summary>
    public ImmutableArray<PrefixListVersion> Earlier { get => field.IsDefault ? [] : field; init; } = [];

    /// <summary>The last change that was made, as EC2 calls its state.</summary>
    public string State { get; init; } = "create-complete";

    /// <summary>What its maker called the request, so that the same one again makes no second list.</summary>
    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The blocks of a version, or <see langword="null"/> when it is not kept.</summary>
    public ImmutableArray<PrefixListEntry>? EntriesOf(long version) => version == Version ? Entries : Earlier.FirstOrDefault(earlier => earlier.Version == version)?.Entries;

    /// <summary>The same with other blocks, as a new version. The oldest versions go where there is no room for all.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>: there is no room for the blocks alone.</exception>
    public PrefixList With(ImmutableArray<PrefixListEntry> entries)
    {
        var next = this with { Entries = entries, Version = Version + 1, Earlier = [.. Earlier.Add(new(Version, Entries)).TakeLast(MaxEarlier)] };
        while (Table.Encode(next).Length > MaxBytes)
        {
            next = next.Earlier.IsEmpty ? throw PrefixListErrors.TooLarge(Id) : next with { Earlier = next.Earlier.RemoveAt(0) };
        }

        return next;
    }

    /// <inheritdoc/>
    public PrefixList WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
