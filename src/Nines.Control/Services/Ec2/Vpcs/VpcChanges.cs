using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Ids;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Tags;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Store;
using FlowLog = Nines.Control.Services.Ec2.FlowLogs.FlowLog;
using InternetGateway = Nines.Control.Services.Ec2.InternetGateways.InternetGateway;
using NetworkAcl = Nines.Control.Services.Ec2.NetworkAcls.NetworkAcl;
using NetworkInterface = Nines.Control.Services.Ec2.NetworkInterfaces.NetworkInterface;
using RouteTable = Nines.Control.Services.Ec2.RouteTables.RouteTable;
using SecurityGroup = Nines.Control.Services.Ec2.SecurityGroups.SecurityGroup;
using Subnet = Nines.Control.Services.Ec2.Subnets.Subnet;

namespace Nines.Control.Services.Ec2.Vpcs;

/// <summary>Making, changing and deleting VPCs.</summary>
internal sealed class VpcChanges(Cloud cloud, IIdSource ids, VpcRecords records) : IOperations
{
    public void Map(OperationTable table)
    {
        table.On(Ec2Api.CreateVpc, CreateAsync, answersDryRun: true);
        table.On(Ec2Api.DeleteVpc, DeleteAsync, answersDryRun: true);
        table.On(Ec2Api.ModifyVpcAttribute, ModifyAttributeAsync);
        table.On(Ec2Api.AssociateVpcCidrBlock, AssociateCidrBlockAsync);
        table.On(Ec2Api.DisassociateVpcCidrBlock, DisassociateCidrBlockAsync);
    }

    private async ValueTask<CreateVpcResult> CreateAsync(CreateVpcRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.AmazonProvidedIpv6CidrBlock == true || input.Ipv6CidrBlock is not null || input.Ipv6Pool is not null || input.Ipv6IpamPoolId is not null)
        {
            throw Ec2Errors.NoIpv6();
        }

        if (input.Ipv4IpamPoolId is not null || input.Ipv4NetmaskLength is not null)
        {
            throw Ec2Errors.Unsupported("This cloud has no IPAM pools.");
        }

        var block = VpcCidrRules.Parse(input.CidrBlock);
        var tenancy = input.InstanceTenancy ?? "default";
        if (tenancy is not ("default" or "dedicated"))
        {
            throw Ec2Errors.InvalidValue("instanceTenancy", tenancy, "Valid values are default and dedicated.");
        }

        var tags = TagRules.Parse(input.TagSpecifications, "vpc").For("vpc");
        var vpc = await cloud.WriteAsync(
            call,
            transaction =>
            {
                if (cloud.Count(Vpc.Table, call.AccountId) >= NetworkLimits.MaxVpcs)
                {
                    throw VpcErrors.TooMany();
                }

                call.AnswerDryRun();
                return records.Add(transaction, call.AccountId, block.ToString(), made => made with { InstanceTenancy = tenancy, Tags = tags });
            },
            cancellationToken);
        return new CreateVpcResult { Vpc = VpcDescriptions.Describe(vpc, VpcDescriptions.Pending) };
    }

    private async ValueTask<DeleteVpcResult> DeleteAsync(DeleteVpcRequest input, Call call, CancellationToken cancellationToken)
    {
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = VpcLookup.Require(transaction, call.AccountId, input.VpcId);
                if (transaction.By(Subnet.ByVpc, vpc.Id).Count > 0
                    || transaction.By(InternetGateway.ByVpc, vpc.Id).Count > 0
                    || transaction.By(RouteTable.ByVpc, vpc.Id).Count > 1
                    || transaction.By(NetworkAcl.ByVpc, vpc.Id).Count > 1
                    || transaction.By(SecurityGroup.ByVpc, vpc.Id).Count > 1
                    || transaction.By(SecurityGroup.ByAssociatedVpc, vpc.Id).Count > 0)
                {
                    throw VpcErrors.HasDependencies(vpc.Id);
                }

                call.AnswerDryRun();
                VpcPeeringChanges.EndAll(transaction, vpc, call.Now);
                foreach (var table in transaction.By(RouteTable.ByVpc, vpc.Id))
                {
                    ClientToken.Forget(transaction, table.AccountId, RouteTables.RouteTableChanges.ResourceType, table.ClientToken);
                    transaction.Delete(RouteTable.Table, table);
                }

                foreach (var acl in transaction.By(NetworkAcl.ByVpc, vpc.Id))
                {
                    transaction.Delete(NetworkAcl.Table, acl);
                }

                foreach (var group in transaction.By(SecurityGroup.ByVpc, vpc.Id))
                {
                    transaction.Delete(SecurityGroup.Table, group);
                }

                FlowLog.DeleteAllOf(transaction, vpc.Id);
                transaction.Delete(Vpc.Table, vpc);
            },
            cancellationToken);
        return new DeleteVpcResult();
    }

    private async ValueTask<ModifyVpcAttributeResult> ModifyAttributeAsync(ModifyVpcAttributeRequest input, Call call, CancellationToken cancellationToken)
    {
        AttributeBooleanValue?[] given = [input.EnableDnsSupport, input.EnableDnsHostnames, input.EnableNetworkAddressUsageMetrics];
        if (given.Count(value => value is not null) != 1)
        {
            throw Ec2Errors.InvalidParameterCombination("Exactly one of EnableDnsSupport, EnableDnsHostnames and EnableNetworkAddressUsageMetrics must be specified.");
        }

        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = VpcLookup.Require(transaction, call.AccountId, input.VpcId);
                if (input.EnableDnsHostnames?.Value == true && !vpc.EnableDnsSupport)
                {
                    throw Ec2Errors.InvalidParameterValue("DNS hostnames cannot be enabled for a VPC whose DNS support is disabled.");
                }

                if (input.EnableDnsHostnames is { } hostnames && hostnames.Value != vpc.EnableDnsHostnames)
                {
                    RenameInstances(transaction, vpc);
                }

                transaction.Put(Vpc.Table, vpc with
                {
                    EnableDnsSupport = input.EnableDnsSupport?.Value ?? vpc.EnableDnsSupport,
                    EnableDnsHostnames = input.EnableDnsHostnames?.Value ?? vpc.EnableDnsHostnames,
                    EnableNetworkAddressUsageMetrics = input.EnableNetworkAddressUsageMetrics?.Value ?? vpc.EnableNetworkAddressUsageMetrics,
                });
            },
            cancellationToken);
        return new ModifyVpcAttributeResult();
    }

    private async ValueTask<AssociateVpcCidrBlockResult> AssociateCidrBlockAsync(AssociateVpcCidrBlockRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input.AmazonProvidedIpv6CidrBlock == true || input.Ipv6CidrBlock is not null || input.Ipv6Pool is not null || input.Ipv6IpamPoolId is not null)
        {
            throw Ec2Errors.NoIpv6();
        }

        if (input.Ipv4IpamPoolId is not null)
        {
            throw Ec2Errors.Unsupported("This cloud has no IPAM pools.");
        }

        var block = VpcCidrRules.Parse(input.CidrBlock);
        var added = new VpcCidrBlock(ids.Next("vpc-cidr-assoc"), block.ToString());
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var vpc = VpcLookup.Require(transaction, call.AccountId, input.VpcId);
                if (vpc.CidrBlocks.Any(known => Ipv4Block.Parse(known.CidrBlock).Overlaps(block)) || VpcPeeringChanges.OverlapsPeer(transaction, vpc, block, call.Now))
                {
                    throw VpcErrors.Range(added.CidrBlock);
                }

                if (vpc.CidrBlocks.Length >= NetworkLimits.MaxCidrBlocksPerVpc)
                {
                    throw VpcErrors.TooManyBlocks(vpc.Id);
                }

                VpcPeeringChanges.FailOverlapping(transaction, vpc, block, call.Now);
                WithBlocks(transaction, vpc with { CidrBlocks = vpc.CidrBlocks.Add(added) });
            },
            cancellationToken);
        return new AssociateVpcCidrBlockResult { VpcId = input.VpcId, CidrBlockAssociation = VpcDescriptions.Describe(added, "associating") };
    }

    private async ValueTask<DisassociateVpcCidrBlockResult> DisassociateCidrBlockAsync(
        DisassociateVpcCidrBlockRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = input.AssociationId!;
        var (vpcId, removed) = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var found = transaction.List(Vpc.Table, call.AccountId).FirstOrDefault(vpc => vpc.CidrBlocks.Any(block => block.AssociationId == id))
                    ?? throw VpcErrors.AssociationNotFound(id);
                var vpc = transaction.Find(Vpc.Table, call.AccountId, found.Id)!;
                var block = vpc.CidrBlocks.First(block => block.AssociationId == id);
                if (block == vpc.CidrBlocks[0])
                {
                    throw VpcErrors.PrimaryBlockStays(id);
                }

                if (transaction.By(Subnet.ByVpc, vpc.Id).Any(subnet => Ipv4Block.Parse(block.CidrBlock).Contains(subnet.Block)))
                {
                    throw VpcErrors.BlockInUse(id);
                }

                WithBlocks(transaction, vpc with { CidrBlocks = vpc.CidrBlocks.Remove(block) });
                return (vpc.Id, block);
            },
            cancellationToken);
        return new DisassociateVpcCidrBlockResult { VpcId = vpcId, CidrBlockAssociation = VpcDescriptions.Describe(removed, "disassociating") };
    }

    /// <summary>Instances with a public address get or lose its name, which their descriptions tell.</summary>
    private static void RenameInstances(CloudTransaction transaction, Vpc vpc)
    {
        foreach (var adapter in transaction.List(NetworkInterface.Table, vpc.AccountId).Where(adapter => adapter.VpcId == vpc.Id && adapter.HasPublicAddress))
        {
            InterfaceRecords.Put(transaction, adapter);
        }
    }

    /// <summary>Every table of the VPC has a local route for each of its blocks.</summary>
    private static void WithBlocks(CloudTransaction transaction, Vpc vpc)
    {
        transaction.Put(Vpc.Table, vpc);
        foreach (var listed in transaction.By(RouteTable.ByVpc, vpc.Id))
        {
            var table = transaction.Find(RouteTable.Table, listed.AccountId, listed.Id)!;
            transaction.Put(RouteTable.Table, table with { Routes = [.. RouteTable.LocalRoutes(vpc), .. table.Routes.Where(route => !route.IsLocal)] });
        }
    }
}
