using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.VpcPeerings;

/// <summary>Peerings as EC2 answers them.</summary>
internal sealed class VpcPeeringDescriptions(Cloud cloud, string region)
{
    /// <summary>A peering, as one of its owners sees it.</summary>
    /// <param name="peering">The peering.</param>
    /// <param name="accountId">Who asks: tags are told to who made them.</param>
    /// <param name="now">The time.</param>
    public VpcPeeringConnection Describe(VpcPeering peering, string accountId, DateTimeOffset now)
    {
        var state = peering.StateAt(now);
        return new()
        {
            VpcPeeringConnectionId = peering.Id,
            RequesterVpcInfo = End(peering, peering.AccountId, peering.VpcId, knowsBlocks: true),

            // The blocks of who was asked are theirs to tell.
            AccepterVpcInfo = End(peering, peering.AccepterAccountId, peering.AccepterVpcId, knowsBlocks: peering.IsActive),
            ExpirationTime = state == VpcPeeringState.PendingAcceptance ? peering.ExpirationTime : null,
            Status = new() { Code = Name(state), Message = Message(peering, state) },
            Tags = peering.AccountId == accountId ? peering.Tags.ToApi() : [],
        };
    }

    /// <summary>AWS's name of a state.</summary>
    public static string Name(VpcPeeringState state) => state switch
    {
        VpcPeeringState.PendingAcceptance => "pending-acceptance",
        VpcPeeringState.Active => "active",
        VpcPeeringState.Failed => "failed",
        VpcPeeringState.Rejected => "rejected",
        VpcPeeringState.Deleted => "deleted",
        _ => "expired",
    };

    /// <summary>The primary block of a VPC, as filters see it.</summary>
    public string? BlockOf(string accountId, string vpcId) => cloud.Find(Vpc.Table, accountId, vpcId)?.CidrBlock;

    /// <summary>What AWS says of a state.</summary>
    public static string Message(VpcPeering peering, VpcPeeringState state) => state switch
    {
        VpcPeeringState.PendingAcceptance => $"Pending Acceptance by {peering.AccepterAccountId}",
        VpcPeeringState.Active => "Active",
        VpcPeeringState.Failed => "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
        VpcPeeringState.Rejected => $"Rejected by {peering.EndedBy}",
        VpcPeeringState.Deleted => $"Deleted by {peering.EndedBy}",
        _ => "Expired",
    };

    private VpcPeeringConnectionVpcInfo End(VpcPeering peering, string accountId, string vpcId, bool knowsBlocks)
    {
        var vpc = knowsBlocks ? cloud.Find(Vpc.Table, accountId, vpcId) : null;
        return new()
        {
            OwnerId = accountId,
            VpcId = vpcId,
            Region = region,
            CidrBlock = vpc?.CidrBlock,
            CidrBlockSet = vpc is null ? null : [.. vpc.CidrBlocks.Select(block => new CidrBlock { CidrBlockValue = block.CidrBlock })],
            PeeringOptions = vpc is null ? null : new()
            {
                AllowDnsResolutionFromRemoteVpc = peering.TellsNamesOf(vpcId),
                AllowEgressFromLocalClassicLinkToRemoteVpc = false,
                AllowEgressFromLocalVpcToRemoteClassicLink = false,
            },
        };
    }
}
