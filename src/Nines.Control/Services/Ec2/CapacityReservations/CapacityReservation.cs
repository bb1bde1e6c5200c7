using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.CapacityReservations;

/// <summary>Room for instances of one type in one zone, which is the account's whether it uses it or not. Each place lies on a host.</summary>
internal sealed record CapacityReservation : ITaggable<CapacityReservation>
{
    /// <summary>All reservations.</summary>
    public static readonly TableDefinition<CapacityReservation> Table = new("capacity-reservations", Ec2JsonContext.Default.CapacityReservation);

    /// <summary>How long one that is over can still be described.</summary>
    public static readonly TimeSpan Visible = TimeSpan.FromHours(1);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The type of the instances.</summary>
    public required string InstanceType { get; init; }

    /// <summary>Virtual processors of the type.</summary>
    public required int VCpus { get; init; }

    /// <summary>Memory of the type, in MiB.</summary>
    public required int MemoryMiB { get; init; }

    /// <summary>The zone.</summary>
    public required string Zone { get; init; }

    /// <summary>The host of each place.</summary>
    public required ImmutableArray<string> Places { get; init; }

    /// <summary>Whether only instances that name it run in it; else every instance that fits does.</summary>
    public bool IsTargeted { get; init; }

    /// <summary>What its owner says of the instances; it changes nothing.</summary>
    public bool EbsOptimized { get; init; }

    /// <summary>What its owner says of the instances; it changes nothing.</summary>
    public bool EphemeralStorage { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreateDate { get; init; }

    /// <summary>When it ends, or ended; <see langword="null"/>: not by itself.</summary>
    public DateTimeOffset? EndDate { get; init; }

    /// <summary>Whether it ends by itself.</summary>
    public bool IsLimited { get; init; }

    /// <summary>The client token that it was made with, or <see langword="null"/>.</summary>
    public string? ClientToken { get; init; }

    /// <summary>Whether it holds.</summary>
    public ReservationState State { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>What each place takes of its host.</summary>
    [JsonIgnore]
    public Demand Demand => new(VCpus, MemoryMiB);

    /// <summary>Whether instances may be launched into it: its date may have come before anybody wrote that down.</summary>
    public bool IsActiveAt(DateTimeOffset now) => State == ReservationState.Active && !(IsLimited && now >= EndDate);

    /// <inheritdoc/>
    public CapacityReservation WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
