using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.SubnetCidrReservations;

/// <summary>Addresses of a subnet that nobody gets who does not ask for them.</summary>
internal sealed record SubnetCidrReservation : ITaggable<SubnetCidrReservation>
{
    /// <summary>For addresses that are asked for one by one.</summary>
    public const string Explicit = "explicit";

    /// <summary>For prefixes of interfaces: no single address of it is given out.</summary>
    public const string Prefix = "prefix";

    /// <summary>What it is called in tag specifications.</summary>
    public const string ResourceType = "subnet-cidr-reservation";

    /// <summary>All reservations.</summary>
    public static readonly TableDefinition<SubnetCidrReservation> Table = new("subnet-cidr-reservations", Ec2JsonContext.Default.SubnetCidrReservation);

    /// <summary>Those of a subnet.</summary>
    public static readonly IndexDefinition<SubnetCidrReservation> BySubnet = Table.Index("subnet", reservation => reservation.SubnetId);

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    public required string SubnetId { get; init; }

    /// <summary>The addresses.</summary>
    public required string Cidr { get; init; }

    /// <summary><see cref="Explicit"/> or <see cref="Prefix"/>.</summary>
    public required string ReservationType { get; init; }

    public string? Description { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>The addresses, as numbers.</summary>
    [JsonIgnore]
    public Ipv4Block Block => Ipv4Block.Parse(Cidr);

    /// <inheritdoc/>
    public SubnetCidrReservation WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
