using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Simulation.Clouds;

namespace Nines.Simulation.Checks;

/// <summary>No two adapters have one address in the records, and no two machines that run have one on the hosts.</summary>
internal sealed class AddressCheck : ICheck
{
    private readonly Dictionary<string, string> _owners = [];

    public void Watch(World world, Cloud records, Action<string> fail)
    {
        records.Subscribe(NetworkInterface.Table, change =>
        {
            // One transaction may give an address back and out again: what is left is looked at after all that was given back.
            foreach (var address in AddressesOf(change.Before).Except(AddressesOf(change.After)))
                _owners.Remove(address);
            foreach (var address in AddressesOf(change.After))
            {
                if (!_owners.TryAdd(address, change.Key.Id) && _owners[address] != change.Key.Id)
                    fail($"{address} belongs to {_owners[address]} and {change.Key.Id}");
            }
        });
        foreach (var machine in world.Machines)
            machine.OnApplied += () => CheckHosts(world, fail);
    }

    private static IEnumerable<string> AddressesOf(NetworkInterface? adapter)
    {
        if (adapter is not null)
            yield return $"{adapter.VpcId}/{adapter.PrivateIpAddress}";
        if (adapter?.PublicIpAddress is { } address)
            yield return address;
    }

    private static void CheckHosts(World world, Action<string> fail)
    {
        var owners = new Dictionary<string, string>();
        foreach (var machine in world.Machines)
        {
            var report = machine.Look();
            var running = report.Vms.Where(vm => vm.State is VmState.Starting or VmState.Running or VmState.Stopping).Select(vm => vm.Id).ToHashSet();
            foreach (var (vpcId, adapter) in machine.Obeys(report).Vpcs.Values.SelectMany(vpc => vpc.Interfaces.Values.Select(adapter => (vpc.Id, adapter))))
            {
                if (!running.Contains(adapter.VmId))
                    continue;
                foreach (var address in new[] { $"{vpcId}/{adapter.PrivateIpAddress}", adapter.PublicIpAddress }.OfType<string>())
                {
                    if (!owners.TryAdd(address, adapter.VmId) && owners[address] != adapter.VmId)
                        fail($"{owners[address]} and {adapter.VmId} run with {address}");
                }
            }
        }
    }
}
