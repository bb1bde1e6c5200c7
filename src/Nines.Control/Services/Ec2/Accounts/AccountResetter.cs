using Nines.Control.Admin;
using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.CapacityReservations;
using Nines.Control.Services.Ec2.ClientTokens;
using Nines.Control.Services.Ec2.Credits;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.DhcpOptionSets;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Services.Ec2.FastLaunches;
using Nines.Control.Services.Ec2.FlowLogs;
using Nines.Control.Services.Ec2.Images;
using Nines.Control.Services.Ec2.ImportTasks;
using Nines.Control.Services.Ec2.InternetGateways;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.LaunchTemplates;
using Nines.Control.Services.Ec2.NatGateways;
using Nines.Control.Services.Ec2.NetworkAcls;
using Nines.Control.Services.Ec2.NetworkInsights;
using Nines.Control.Services.Ec2.PlacementGroups;
using Nines.Control.Services.Ec2.PrefixLists;
using Nines.Control.Services.Ec2.PublicAccess;
using Nines.Control.Services.Ec2.RootVolumes;
using Nines.Control.Services.Ec2.RouteTables;
using Nines.Control.Services.Ec2.ScheduledEvents;
using Nines.Control.Services.Ec2.SecurityGroups;
using Nines.Control.Services.Ec2.SerialConsoles;
using Nines.Control.Services.Ec2.SubnetCidrReservations;
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
        transaction.DeleteAll(AccountNetwork.Table, accountId);
        transaction.DeleteAll(AddressTransfer.Table, accountId);
        transaction.DeleteAll(CapacityReservation.Table, accountId);
        transaction.DeleteAll(ClientToken.Table, accountId);
        transaction.DeleteAll(DedicatedHost.Table, accountId);
        transaction.DeleteAll(DefaultCredit.Table, accountId);
        transaction.DeleteAll(DhcpOptions.Table, accountId);
        transaction.DeleteAll(ElasticAddress.Table, accountId);
        transaction.DeleteAll(EncryptionDefaults.Table, accountId);
        transaction.DeleteAll(EventWindow.Table, accountId);
        transaction.DeleteAll(ExportTask.Table, accountId);
        transaction.DeleteAll(FastLaunch.Table, accountId);
        transaction.DeleteAll(FlowLog.Table, accountId);
        transaction.DeleteAll(Image.Table, accountId);
        transaction.DeleteAll(ImageName.Table, accountId);
        transaction.DeleteAll(ImportTask.Table, accountId);
        transaction.DeleteAll(InternetGateway.Table, accountId);
        transaction.DeleteAll(KeyPair.Table, accountId);
        transaction.DeleteAll(KeyPairName.Table, accountId);
        transaction.DeleteAll(LaunchTemplate.Table, accountId);
        transaction.DeleteAll(LaunchTemplateName.Table, accountId);
        transaction.DeleteAll(LaunchTemplateVersion.Table, accountId);
        transaction.DeleteAll(NatGateway.Table, accountId);
        transaction.DeleteAll(NetworkAcl.Table, accountId);
        transaction.DeleteAll(NetworkInsightsAnalysis.Table, accountId);
        transaction.DeleteAll(NetworkInsightsPath.Table, accountId);
        transaction.DeleteAll(PlacementGroup.Table, accountId);
        transaction.DeleteAll(PlacementGroupName.Table, accountId);
        transaction.DeleteAll(PrefixList.Table, accountId);
        transaction.DeleteAll(PublicAccessBlock.Table, accountId);
        transaction.DeleteAll(RootReplacement.Table, accountId);
        transaction.DeleteAll(RouteTable.Table, accountId);
        transaction.DeleteAll(SecurityGroup.Table, accountId);
        transaction.DeleteAll(SerialConsoleAccess.Table, accountId);
        transaction.DeleteAll(Subnet.Table, accountId);
        transaction.DeleteAll(SubnetCidrReservation.Table, accountId);
        transaction.DeleteAll(Vpc.Table, accountId);
        transaction.DeleteAll(VpcPeering.Table, accountId);
        foreach (var accepted in transaction.By(VpcPeering.ByAccepter, accountId).ToArray())
        {
            transaction.Delete(VpcPeering.Table, accepted);
        }
    }
}
