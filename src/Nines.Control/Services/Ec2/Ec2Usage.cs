using Nines.Control.Admin;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;
using Nines.Host.Api;

namespace Nines.Control.Services.Ec2;

/// <summary>What servers and hosts take, from the records and from the hosts' own measurements.</summary>
internal sealed class Ec2Usage(Cloud cloud, HostRegistry hosts, HostLedger ledger, PlacementOptions placement, TimeProvider time)
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(10);

    /// <summary>Measures all hosts at once; one that does not answer in time is told without figures.</summary>
    public async Task<UsageResult> TellAsync(UsageRequest request, CancellationToken cancellationToken)
    {
        var records = request.Measure ? cloud.ListAll(HostRecord.Table).ToArray() : [];
        var measured = await Task.WhenAll(records.Select(host => MeasureAsync(host.Id, cancellationToken)));
        var vms = measured.OfType<HostUsage>().SelectMany(usage => usage.Vms).ToDictionary(vm => vm.Id);
        return new UsageResult(
            [.. Chosen(request.InstanceIds).Select(instance => Tell(instance, vms.GetValueOrDefault(instance.Id)))],
            [.. records.Zip(measured, Tell)]);
    }

    private IEnumerable<Instance> Chosen(IReadOnlyList<string>? ids) => ids is null
        ? cloud.ListAll(Instance.Table).Where(instance => instance.State != InstanceState.Terminated)
        : ids.Distinct().Order(StringComparer.Ordinal).SelectMany(id => cloud.By(Instance.ById, id));

    private static ServerUsage Tell(Instance instance, VmUsage? measured) => new(
        instance.Id, instance.InstanceType, instance.State.Name(), instance.HostId, instance.VCpus, instance.MemoryMiB)
    {
        FastLaunched = instance.State == InstanceState.Running ? instance.FastLaunched : null,
        ProcessorSeconds = measured?.ProcessorSeconds,
        OwnBytes = measured?.OwnBytes,
        SharedBytes = measured?.SharedBytes,
    };

    private HostLoad Tell(HostRecord host, HostUsage? measured)
    {
        var (promised, capacity) = (ledger.UsedOn(host.Id), placement.CapacityOf(host));
        return new HostLoad(host.Id, host.Cpus, host.MemoryMiB, promised.VCpus, promised.MemoryMiB, capacity.VCpus, capacity.MemoryMiB)
        {
            MeasuredAt = measured?.MeasuredAt,
            ProcessorSeconds = measured?.ProcessorSeconds ?? 0,
            AvailableBytes = measured?.AvailableBytes ?? 0,
            KeptGuests = measured?.KeptGuests ?? 0,
            KeptMemoryBytes = measured?.KeptMemoryBytes ?? 0,
            KeptDiskBytes = measured?.KeptDiskBytes ?? 0,
        };
    }

    /// <summary>What a host measures; <see langword="null"/> when it does not answer in time.</summary>
    public async Task<HostUsage?> MeasureAsync(string hostId, CancellationToken cancellationToken)
    {
        if (hosts.Find(hostId) is not { } host)
        {
            return null;
        }

        try
        {
            return await host.MeasureAsync(cancellationToken).WaitAsync(s_deadline, time, cancellationToken);
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
