using Nines.Control.Admin;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;

namespace Nines.Control.Hosts;

/// <summary>The hosts as the operator sees them, in the order of their ids.</summary>
internal sealed class HostStatuses(Cloud cloud, HostRegistry hosts, HostLedger ledger)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(2);

    /// <summary>Asks every host what it is; one that does not answer within two seconds is down.</summary>
    public async Task<IReadOnlyList<HostStatus>> ListAsync(TimeProvider time, CancellationToken cancellationToken) =>
        await Task.WhenAll(cloud.ListAll(HostRecord.Table).Select(host => StatusAsync(host, time, cancellationToken)));

    private async Task<HostStatus> StatusAsync(HostRecord record, TimeProvider time, CancellationToken cancellationToken)
    {
        var instances = cloud.By(Instance.ByHost, record.Id).Count;
        var promised = ledger.UsedOn(record.Id);
        var down = new HostStatus(record.Id, string.Join(' ', record.Zones), "down", "", record.Cpus, record.MemoryMiB, instances)
        {
            PromisedVCpus = promised.VCpus,
            PromisedMemoryMiB = promised.MemoryMiB,
        };
        if (hosts.Find(record.Id) is not { } host)
        {
            return down;
        }

        try
        {
            var facts = await host.DescribeAsync(cancellationToken).WaitAsync(s_deadline, time, cancellationToken);
            return down with { State = "up", Accelerator = facts.Accelerators is [var best, ..] ? best : "" };
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return down;
        }
    }
}
