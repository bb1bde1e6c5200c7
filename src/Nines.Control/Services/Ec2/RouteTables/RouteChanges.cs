using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using Vpc = Nines.Control.Services.Ec2.Vpcs.Vpc;

namespace Nines.Control.Services.Ec2.RouteTables;

/// <summary>Adding, replacing and removing the routes of a table.</summary>
internal sealed class RouteChanges(Cloud cloud) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateRoute, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.ReplaceRoute, ReplaceAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteRoute, DeleteAsync, answersDryRun: true);
    }

    private async ValueTask<CreateRouteResult> CreateAsync(CreateRouteRequest input, Call call, CancellationToken cancellationToken)
    {
        var destination = ParseDestination(input.DestinationCidrBlock, input.DestinationIpv6CidrBlock, input.DestinationPrefixListId);
        var wanted = RouteTarget.Parse(
            input.GatewayId, input.NatGatewayId, input.VpcPeeringConnectionId, input.NetworkInterfaceId, input.InstanceId,
            input.VpcEndpointId, input.EgressOnlyInternetGatewayId, input.TransitGatewayId, input.LocalGatewayId, input.CarrierGatewayId, input.CoreNetworkArn);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var table = RouteTableLookup.Require(transaction, call.AccountId, input.RouteTableId);
                var target = wanted.Find(transaction, table);
                if (table.Routes.FirstOrDefault(route => route.DestinationCidrBlock == destination.ToString()) is { } present)
                {
                    // The same route once more is as good as made.
                    if (target.IsSame(present) && !present.IsLocal)
                    {
                        call.AnswerDryRun();
                        return;
                    }

                    throw RouteTableErrors.RouteExists(destination.ToString());
                }

                CheckDestination(transaction, table, destination);
                if (table.Routes.Count(route => !route.IsLocal) >= NetworkLimits.MaxRoutesPerTable)
                {
                    throw RouteTableErrors.TooManyRoutes(table.Id);
                }

                call.AnswerDryRun();
                transaction.Put(RouteTable.Table, table with { Routes = table.Routes.Add(target.To(destination)) });
            },
            cancellationToken);
        return new CreateRouteResult { Return = true };
    }

    private async ValueTask<ReplaceRouteResult> ReplaceAsync(ReplaceRouteRequest input, Call call, CancellationToken cancellationToken)
    {
        var destination = ParseDestination(input.DestinationCidrBlock, input.DestinationIpv6CidrBlock, input.DestinationPrefixListId);
        var wanted = input.LocalTarget == true ? null : RouteTarget.Parse(
            input.GatewayId, input.NatGatewayId, input.VpcPeeringConnectionId, input.NetworkInterfaceId, input.InstanceId,
            input.VpcEndpointId, input.EgressOnlyInternetGatewayId, input.TransitGatewayId, input.LocalGatewayId, input.CarrierGatewayId, input.CoreNetworkArn);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var table = RouteTableLookup.Require(transaction, call.AccountId, input.RouteTableId);
                var present = FindRoute(table, destination);
                if (present.IsLocal != wanted is null)
                {
                    throw RouteTableErrors.LocalCannotBeReplaced(destination.ToString(), table.Id);
                }

                var next = wanted is null ? present : wanted.Find(transaction, table).To(destination);
                call.AnswerDryRun();
                transaction.Put(RouteTable.Table, table with { Routes = table.Routes.Replace(present, next) });
            },
            cancellationToken);
        return new ReplaceRouteResult();
    }

    private async ValueTask<DeleteRouteResult> DeleteAsync(DeleteRouteRequest input, Call call, CancellationToken cancellationToken)
    {
        var destination = ParseDestination(input.DestinationCidrBlock, input.DestinationIpv6CidrBlock, input.DestinationPrefixListId);
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var table = RouteTableLookup.Require(transaction, call.AccountId, input.RouteTableId);
                var present = FindRoute(table, destination);
                if (present.IsLocal)
                {
                    throw RouteTableErrors.LocalStays(destination.ToString(), table.Id);
                }

                call.AnswerDryRun();
                transaction.Put(RouteTable.Table, table with { Routes = table.Routes.Remove(present) });
            },
            cancellationToken);
        return new DeleteRouteResult();
    }

    private static Route FindRoute(RouteTable table, Ipv4Block destination) =>
        table.Routes.FirstOrDefault(route => route.DestinationCidrBlock == destination.ToString())
            ?? throw RouteTableErrors.RouteNotFound(destination.ToString(), table.Id);

    private static Ipv4Block ParseDestination(string? cidrBlock, string? ipv6CidrBlock, string? prefixListId)
    {
        if (ipv6CidrBlock is not null)
        {
            throw Ec2Errors.NoIpv6();
        }

        if (prefixListId is not null)
        {
            throw Ec2Errors.Unsupported("Routes of this cloud name their destination as an IPv4 block.");
        }

        return VpcCidrRules.ParseBlock(cidrBlock, "destinationCidrBlock");
    }

    /// <summary>The VPC's own addresses are always reached by its local routes.</summary>
    private static void CheckDestination(CloudTransaction transaction, RouteTable table, Ipv4Block destination)
    {
        var vpc = transaction.Find(Vpc.Table, table.AccountId, table.VpcId)!;
        if (vpc.CidrBlocks.Any(block => Ipv4Block.Parse(block.CidrBlock).Contains(destination)))
        {
            throw RouteTableErrors.WithinVpc(destination.ToString());
        }
    }
}
