using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Control.Services.Ec2.ExportTasks;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.ImportTasks;

/// <summary>Chooses the hosts that bring disks out of buckets and into them.</summary>
internal static class TransferHosts
{
    /// <summary>The most active imports, and the most active exports, of an account.</summary>
    public const int MaxActive = 20;

    /// <summary>The host with the least to transfer, of those that an account's disks may lie on.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>Unavailable</c>: there is none.</exception>
    public static string Choose(CloudTransaction transaction, string accountId)
    {
        var others = transaction.ListAll(DedicatedHost.Table).Where(host => host.AccountId != accountId).Select(host => host.MachineId).ToHashSet(StringComparer.Ordinal);
        return transaction.ListAll(HostRecord.Table)
            .Where(host => !host.MustPurge && !others.Contains(host.Id))
            .OrderBy(host => transaction.By(ImportTask.ByHost, host.Id).Count + transaction.By(ExportTask.ByHost, host.Id).Count)
            .ThenBy(host => host.Id, StringComparer.Ordinal)
            .FirstOrDefault()?.Id ?? throw ImportTaskErrors.NoHost();
    }
}
