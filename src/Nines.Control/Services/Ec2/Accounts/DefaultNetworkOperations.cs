using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Store;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.Accounts;

/// <summary>Gives an account back what it began with, after it has deleted it.</summary>
internal sealed class DefaultNetworkOperations(Cloud cloud, ZoneCatalog zones, AccountNetworkBootstrap bootstrap) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateDefaultVpc, CreateVpcAsync, answersDryRun: true);
        table.On(Ec2Api.CreateDefaultSubnet, CreateSubnetAsync, answersDryRun: true);
    }

    private async ValueTask<CreateDefaultVpcResult> CreateVpcAsync(CreateDefaultVpcRequest input, Call call, CancellationToken cancellationToken)
    {
        var vpc = await cloud.WriteAsync(
            call,
            transaction =>
            {
                // Two who ask at the same time meet at the record that says which VPC it is.
                if (Vpc.FindDefault(transaction, call.AccountId) is not null)
                {
                    throw VpcErrors.DefaultExists();
                }

                call.AnswerDryRun();
                return bootstrap.Begin(transaction, call.AccountId);
            },
            cancellationToken);
        return new CreateDefaultVpcResult { Vpc = VpcDescriptions.Describe(vpc, VpcDescriptions.Pending) };
    }

    private async ValueTask<CreateDefaultSubnetResult> CreateSubnetAsync(CreateDefaultSubnetRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.Ipv6Native == true)
        {
            throw Ec2Errors.NoIpv6();
        }

        var zone = zones.Find(input.AvailabilityZone!) ?? throw SubnetErrors.UnknownZone("availabilityZone", input.AvailabilityZone!, zones);
        var subnet = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = Vpc.FindDefault(transaction, call.AccountId) ?? throw SubnetErrors.NoDefaultVpc();
                if (transaction.By(Subnets.Subnet.ByVpc, vpc.Id).FirstOrDefault(known => known.DefaultForAz && known.AvailabilityZone == zone.Name) is { } present)
                {
                    throw SubnetErrors.DefaultExists(present);
                }

                vpc = VpcLookup.RequireForChange(transaction, call.AccountId, vpc.Id);
                call.AnswerDryRun();
                return bootstrap.AddDefaultSubnet(transaction, vpc, zone) ?? throw SubnetErrors.Conflict(vpc.CidrBlock);
            },
            cancellationToken);
        return new CreateDefaultSubnetResult { Subnet = SubnetDescriptions.Describe(cloud, subnet, call.Region) };
    }
}
