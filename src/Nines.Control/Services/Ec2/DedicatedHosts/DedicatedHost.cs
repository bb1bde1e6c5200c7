using System.Collections.Immutable;
using Nines.Control.Services.Ec2.InstanceTypes;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.DedicatedHosts;

/// <summary>A machine of the cloud that is one account's alone: only its instances of the tenancy <c>host</c> run there.</summary>
internal sealed record DedicatedHost : ITaggable<DedicatedHost>
{
    /// <summary>All of them.</summary>
    public static readonly TableDefinition<DedicatedHost> Table = new("dedicated-hosts", Ec2JsonContext.Default.DedicatedHost);

    /// <summary>By the machine: a machine is one account's at most.</summary>
    public static readonly IndexDefinition<DedicatedHost> ByMachine = Table.Index("machine", host => host.MachineId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The machine, by which the cloud knows it.</summary>
    public required string MachineId { get; init; }

    /// <summary>The zone that its instances are in.</summary>
    public required string Zone { get; init; }

    /// <summary>The one type that it takes; <see langword="null"/>: every type of its family.</summary>
    public string? InstanceType { get; init; }

    /// <summary>The family that it takes; <see langword="null"/>: it takes one type.</summary>
    public string? InstanceFamily { get; init; }

    /// <summary>Whether instances come to it that name no host.</summary>
    public bool AutoPlacement { get; init; }

    /// <summary>When it was allocated.</summary>
    public required DateTimeOffset AllocationTime { get; init; }

    /// <summary>The client token that it was allocated with, or <see langword="null"/>.</summary>
    public string? ClientToken { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Whether instances of a type may be there.</summary>
    public bool Takes(string instanceType) => InstanceType is { } only ? only == instanceType : FamilyOf(instanceType) == InstanceFamily;

    /// <summary>The types that may be there.</summary>
    public IEnumerable<InstanceType> Types() => InstanceTypeCatalog.All.Where(type => Takes(type.Name));

    /// <summary>The family of a type: <c>c5</c> of <c>c5.large</c>.</summary>
    public static string FamilyOf(string instanceType) => instanceType.Split('.')[0];

    /// <inheritdoc/>
    public DedicatedHost WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
