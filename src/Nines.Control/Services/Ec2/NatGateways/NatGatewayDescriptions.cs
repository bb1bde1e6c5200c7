using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.NatGateways;

/// <summary>NAT gateways as EC2 answers them.</summary>
internal sealed class NatGatewayDescriptions(Cloud cloud)
{
    /// <summary>The state: a gateway is there as soon as it is recorded, as its network is, and gone as soon as it is deleted.</summary>
    public const string Available = "available";

    public Api.Ec2.NatGateway Describe(NatGateway gateway) => new()
    {
        NatGatewayId = gateway.Id,
        VpcId = gateway.VpcId,
        SubnetId = gateway.SubnetId,
        State = Available,
        ConnectivityType = gateway.IsPrivate ? ConnectivityType.Private : ConnectivityType.Public,
        CreateTime = gateway.CreateTime,
        NatGatewayAddresses =
        [
            Describe(gateway, new(gateway.AllocationId, gateway.PublicIp, gateway.PrivateIpAddress), isPrimary: true),
            .. gateway.Secondary.Select(address => Describe(gateway, address)),
        ],
        Tags = gateway.Tags.ToApiOrNull(),
    };

    /// <summary>One of its addresses.</summary>
    public NatGatewayAddress Describe(NatGateway gateway, NatGatewaySecondary address, bool isPrimary = false) => new()
    {
        AllocationId = address.AllocationId,
        AssociationId = address.AllocationId is { } id ? cloud.Find(ElasticAddress.Table, gateway.AccountId, id)?.AssociationId : null,
        IsPrimary = isPrimary,
        NetworkInterfaceId = gateway.NetworkInterfaceId,
        PrivateIp = address.PrivateIpAddress,
        PublicIp = address.PublicIp,
        Status = "succeeded",
    };
}
