using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Simulation.Clouds;

namespace Nines.Simulation.Checks;

/// <summary>Whether records and hosts agree: every instance rests in the state that was last asked for, or in one that says why not.</summary>
internal static class Convergence
{
    /// <summary>What is still under way; empty when everything rests.</summary>
    public static IReadOnlyList<string> Pending(World world, Cloud records)
    {
        var reports = world.Machines.ToDictionary(machine => machine.Id, machine => machine.Look());
        var vms = reports.SelectMany(report => report.Value.Vms.Select(vm => (Host: report.Key, Vm: vm))).ToLookup(entry => entry.Vm.Id);
        var pending = records.ListAll(Instance.Table).Select(instance => Problem(instance, vms[instance.Id].ToList())).OfType<string>().ToList();
        pending.AddRange(records.ListAll(Volume.Table)
            .Where(volume => volume.State is not (Control.Services.Ec2.Volumes.VolumeState.InUse or Control.Services.Ec2.Volumes.VolumeState.Available))
            .Select(volume => $"{volume.Id} is {volume.State}"));
        return pending;
    }

    private static string? Problem(Instance instance, List<(string Host, VmStatus Vm)> vms)
    {
        var seen = string.Join(", ", vms.Select(entry => $"{entry.Vm.State} {entry.Vm.EndReason} boot {entry.Vm.BootGeneration} on {entry.Host}"));
        var alive = vms.Where(entry => entry.Vm.State is not VmState.Gone).ToList();
        var rests = (instance.State, instance.Power) switch
        {
            (InstanceState.Running, InstancePower.Running) => alive is [{ Vm: { State: VmState.Running } vm } only] && only.Host == instance.HostId
                && vm.BootGeneration == instance.BootGeneration && vm.RebootGeneration == instance.RebootGeneration,
            (InstanceState.Stopped, InstancePower.Stopped) => alive.TrueForAll(entry => entry.Vm.State is VmState.Ended && entry.Host == instance.HostId),
            (InstanceState.Terminated, InstancePower.Terminated) => alive.Count == 0 && instance.HostId is null,
            _ => false,
        };
        return rests ? null : $"{instance.Id} is {instance.State}, shall be {instance.Power}, boot {instance.BootGeneration}, reboot {instance.RebootGeneration}; hosts say: {seen}";
    }
}
