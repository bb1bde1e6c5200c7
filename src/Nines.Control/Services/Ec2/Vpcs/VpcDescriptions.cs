using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>VPCs as EC2 answers them.</summary>
internal static class VpcDescriptions
{
    // A VPC is there as soon as it is recorded; hosts make its networks when a machine needs them.
    public const string Available = "available";
    public const string Pending = "pending";
    public const string Associated = "associated";

    public static Api.Ec2.Vpc Describe(Vpc vpc, string state = Available) => new()
    {
        VpcId = vpc.Id,
        OwnerId = vpc.AccountId,
        State = state,
        CidrBlock = vpc.CidrBlock,
        CidrBlockAssociationSet = [.. vpc.CidrBlocks.Select(block => Describe(block))],
        Ipv6CidrBlockAssociationSet = [],
        DhcpOptionsId = vpc.DhcpOptionsId,
        InstanceTenancy = vpc.InstanceTenancy,
        IsDefault = vpc.IsDefault,
        Tags = vpc.Tags.ToApiOrNull(),
    };

    public static VpcCidrBlockAssociation Describe(VpcCidrBlock block, string state = Associated) => new()
    {
        AssociationId = block.AssociationId,
        CidrBlock = block.CidrBlock,
        CidrBlockState = new VpcCidrBlockState { State = state },
    };
}
