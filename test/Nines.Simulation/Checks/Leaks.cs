using Nines.Control.Services.Ec2.Addresses;
using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Simulation.Clouds;

namespace Nines.Simulation.Checks;

/// <summary>What nobody owns any more.</summary>
internal static class Leaks
{
    /// <summary>Records and things on hosts whose owner is gone; at any time when nothing is under way.</summary>
    public static IReadOnlyList<string> Find(World world, Cloud records)
    {
        var leaks = new List<string>();
        var instances = records.ListAll(Instance.Table).ToDictionary(instance => instance.Id);
        var adapters = records.ListAll(NetworkInterface.Table).ToDictionary(adapter => adapter.Id);
        leaks.AddRange(records.ListAll(Volume.Table)
            .Where(volume => volume.Attachment is null || !instances.TryGetValue(volume.Attachment.InstanceId, out var owner) || !owner.VolumeIds.Contains(volume.Id))
            .Select(volume => $"volume {volume.Id} ({volume.State})"));
        leaks.AddRange(adapters.Values
            .Where(adapter => adapter.Attachment is null || !instances.TryGetValue(adapter.Attachment.InstanceId, out var owner) || !owner.NetworkInterfaceIds.Contains(adapter.Id))
            .Select(adapter => $"adapter {adapter.Id}"));
        leaks.AddRange(records.ListAll(PrivateAddress.Table)
            .Where(address => !adapters.TryGetValue(address.NetworkInterfaceId, out var owner) || PrivateAddress.Key(owner.VpcId, owner.PrivateIpAddress) != address.Id)
            .Select(address => $"private address {address.Id}"));
        leaks.AddRange(records.ListAll(PublicAddress.Table)
            .Where(address => !adapters.TryGetValue(address.NetworkInterfaceId, out var owner) || owner.PublicIpAddress != address.Id)
            .Select(address => $"public address {address.Id}"));
        leaks.AddRange(instances.Values.Where(instance => instance.State is InstanceState.Stopped)
            .SelectMany(instance => instance.NetworkInterfaceIds).Where(id => adapters[id].PublicIpAddress is not null).Select(id => $"public address of stopped {id}"));
        foreach (var machine in world.Machines)
        {
            var report = machine.Look();
            leaks.AddRange(report.Vms.Where(vm => vm.State is not VmState.Gone && instances.GetValueOrDefault(vm.Id)?.HostId != machine.Id).Select(vm => $"machine {vm.Id} on {machine.Id}"));
            leaks.AddRange(report.Volumes
                .Where(volume => volume.State is not Nines.Host.Api.VolumeState.Gone && records.Find(Volume.Table, World.Account, volume.Id)?.HostId != machine.Id)
                .Select(volume => $"disk {volume.Id} on {machine.Id}"));
        }
        return leaks;
    }

    /// <summary>Room on hosts that the books say is taken, and is not.</summary>
    public static IReadOnlyList<string> InLedger(World world, Cloud records) =>
    [
        .. world.Machines.Select(machine => (machine.Id, Booked: world.Process!.Ledger.UsedOn(machine.Id).MemoryMiB, Taken: records.By(Instance.ByHost, machine.Id)
                .Where(instance => instance.State is not (InstanceState.Stopped or InstanceState.Terminated)).Sum(instance => (long)instance.MemoryMiB)))
            .Where(host => host.Booked != host.Taken).Select(host => $"{host.Id} has {host.Taken} MiB taken and {host.Booked} booked"),
    ];
}
