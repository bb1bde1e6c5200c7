using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.VpcPeerings;

/// <summary>A peering of two VPCs, of one account or of two: asked for by the owner of one, accepted by the owner of the other.</summary>
internal sealed record VpcPeering : ITaggable<VpcPeering>
{
    /// <summary>How long a request waits to be accepted.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(7);

    /// <summary>How long one that is over can still be described.</summary>
    public static readonly TimeSpan Afterlife = TimeSpan.FromHours(2);

    /// <summary>All peerings, each in the account that asked for it.</summary>
    public static readonly TableDefinition<VpcPeering> Table = new("vpc-peerings", Ec2JsonContext.Default.VpcPeering);

    /// <summary>By its own id, whatever the account.</summary>
    public static readonly IndexDefinition<VpcPeering> ById = Table.Index("id", peering => peering.Id);

    /// <summary>Those that an account is asked to accept, or accepted.</summary>
    public static readonly IndexDefinition<VpcPeering> ByAccepter = Table.Index("accepter", peering => peering.AccepterAccountId);

    /// <summary>Those of a VPC that carry packets, or that may yet, at either end.</summary>
    public static readonly IndexDefinition<VpcPeering> ByVpc = Table.IndexMany("vpc", peering => peering.IsOver ? [] : peering.VpcIds.Distinct());

    /// <summary>Who asked for it.</summary>
    public required string AccountId { get; init; }

    /// <inheritdoc/>
    public required string Id { get; init; }

    /// <summary>The VPC of who asked.</summary>
    public required string VpcId { get; init; }

    /// <summary>Who was asked.</summary>
    public required string AccepterAccountId { get; init; }

    /// <summary>The VPC of who was asked.</summary>
    public required string AccepterVpcId { get; init; }

    public VpcPeeringState State { get; init; }

    /// <summary>When it entered its state.</summary>
    public required DateTimeOffset StateSince { get; init; }

    /// <summary>When a request is over that was not accepted.</summary>
    public required DateTimeOffset ExpirationTime { get; init; }

    /// <summary>Who ended it, or <see langword="null"/>.</summary>
    public string? EndedBy { get; init; }

    /// <summary>Whether public names of the VPC of who asked mean private addresses in the other one.</summary>
    public bool RequesterTellsNames { get; init; }

    /// <summary>Whether public names of the VPC of who was asked mean private addresses in the other one.</summary>
    public bool AccepterTellsNames { get; init; }

    /// <inheritdoc/>
    public ImmutableSortedDictionary<string, string> Tags { get; init; } = TagMap.Empty;

    /// <summary>Whether it carries packets.</summary>
    [JsonIgnore]
    public bool IsActive => State == VpcPeeringState.Active;

    /// <summary>Whether it will never carry any more.</summary>
    [JsonIgnore]
    public bool IsOver => State is not (VpcPeeringState.PendingAcceptance or VpcPeeringState.Active);

    /// <summary>Both ends.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> VpcIds => [VpcId, AccepterVpcId];

    /// <summary>The state as time makes it.</summary>
    public VpcPeeringState StateAt(DateTimeOffset now) => State == VpcPeeringState.PendingAcceptance && now >= ExpirationTime ? VpcPeeringState.Expired : State;

    /// <summary>Whether nobody is told of it any more.</summary>
    public bool IsForgottenAt(DateTimeOffset now) => StateAt(now) switch
    {
        VpcPeeringState.PendingAcceptance or VpcPeeringState.Active => false,
        VpcPeeringState.Expired => now >= ExpirationTime + Afterlife,
        _ => now >= StateSince + Afterlife,
    };

    /// <summary>Whether an account is at one of the ends.</summary>
    public bool IsOf(string accountId) => AccountId == accountId || AccepterAccountId == accountId;

    /// <summary>The VPC at the other end of one of them.</summary>
    public string PeerOf(string vpcId) => vpcId == VpcId ? AccepterVpcId : VpcId;

    /// <summary>Whether public names of one of the VPCs mean private addresses in the other one.</summary>
    public bool TellsNamesOf(string vpcId) => vpcId == VpcId ? RequesterTellsNames : AccepterTellsNames;

    /// <summary>The active peering of two VPCs, or <see langword="null"/>.</summary>
    public static VpcPeering? Between(Cloud cloud, string vpcId, string otherVpcId) =>
        cloud.By(ByVpc, vpcId).FirstOrDefault(peering => peering.IsActive && peering.PeerOf(vpcId) == otherVpcId);

    /// <inheritdoc cref="Between(Cloud, string, string)"/>
    public static VpcPeering? Between(CloudTransaction transaction, string vpcId, string otherVpcId) =>
        transaction.By(ByVpc, vpcId).FirstOrDefault(peering => peering.IsActive && peering.PeerOf(vpcId) == otherVpcId);

    /// <inheritdoc/>
    public VpcPeering WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
