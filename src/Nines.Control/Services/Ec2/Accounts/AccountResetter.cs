using Nines.Control.Admin;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.LaunchTemplates;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInsights;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.Subnets;
using Nines.Control.Services.Ec2.VpcPeerings;
using Nines.Control.Services.Ec2.Vpcs;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Accounts;

/// <summary>Removes what is left of an account once its instances are gone, then gives it what a new one has.</summary>
internal sealed class AccountResetter(AccountNetworkBootstrap bootstrap) : IResetter
{
    public string Name => "account";

    public int Order => 200;

    public Func<CancellationToken, Task>? Reset(CloudTransaction transaction, string accountId)
    {
        DeleteAll(transaction, accountId);
        bootstrap.Ensure(transaction, accountId);
        return null;
    }

    private static void DeleteAll(CloudTransaction transaction, string accountId)
    {
        Delete(AccountNetwork.Table);
        Delete(ClientToken.Table);
        Delete(DefaultCredit.Table);
        Delete(DhcpOptions.Table);
        Delete(ElasticAddress.Table);
        Delete(FastLaunch.Table);
        Delete(Image.Table);
        Delete(ImageName.Table);
        Delete(InternetGateway.Table);
        Delete(KeyPair.Table);
        Delete(KeyPairName.Table);
        Delete(LaunchTemplate.Table);
        Delete(LaunchTemplateName.Table);
        Delete(LaunchTemplateVersion.Table);
        Delete(NatGateway.Table);
        Delete(NetworkAcl.Table);
        Delete(NetworkInsightsAnalysis.Table);
        Delete(NetworkInsightsPath.Table);
        Delete(PlacementGroup.Table);
        Delete(PlacementGroupName.Table);
        Delete(PrefixList.Table);
        Delete(PublicAccessBlock.Table);
        Delete(RouteTable.Table);
        Delete(SecurityGroup.Table);
        Delete(Subnet.Table);
        Delete(Vpc.Table);
        Delete(VpcPeering.Table);
        foreach (var accepted in transaction.By(VpcPeering.ByAccepter, accountId).ToArray())
        {
            transaction.Delete(VpcPeering.Table, accepted);
        }

        void Delete<T>(TableDefinition<T> table)
            where T : class, IResource
        {
            foreach (var record in transaction.List(table, accountId).ToArray())
            {
                transaction.Delete(table, record);
            }
        }
    }
}
