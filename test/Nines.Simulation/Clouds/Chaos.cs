using Nines.Host.Api;

namespace Nines.Simulation.Clouds;

/// <summary>What happens to hosts by themselves: power fails, agents restart, hypervisors crash, guests shut down, and processes are killed.</summary>
internal sealed class Chaos(World world, Random random)
{
    public async Task ActAsync()
    {
        while (world.Fate.IsOn)
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + random.Next(20)), world.Time, CancellationToken.None);
            var machine = world.Machines[random.Next(world.Machines.Count)];
            var choice = random.Next(12);
            if (!world.Fate.IsOn)
                return;
            switch (choice)
            {
                case 0:
                    machine.Host.CutPower();
                    break;
                case 1:
                    machine.Host.RestartAgent();
                    break;
                case 2:
                    world.Process?.Life.End();
                    break;
                case < 8 when Running(machine) is { } vmId:
                    if (choice < 5)
                        machine.Host.CrashMachine(vmId);
                    else
                        machine.Host.ShutDownGuest(vmId);
                    break;
            }
        }
    }

    private string? Running(HostMachine machine)
    {
        var report = machine.Look();
        var running = report.Vms.Where(vm => vm.State is VmState.Running && machine.Obeys(report).Vms.ContainsKey(vm.Id)).Select(vm => vm.Id).Order(StringComparer.Ordinal).ToList();
        return running.Count == 0 ? null : running[random.Next(running.Count)];
    }
}
