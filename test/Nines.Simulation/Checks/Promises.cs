using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;
using Nines.Host.Api;
using Nines.Simulation.Clouds;

namespace Nines.Simulation.Checks;

/// <summary>What users were told came true and stayed so.</summary>
internal static class Promises
{
    public static IReadOnlyList<string> Broken(World world, IEnumerable<User> users, Cloud records)
    {
        var broken = new List<string>();
        var machines = world.Machines.SelectMany(machine => machine.Look().Vms).ToLookup(vm => vm.Id);
        foreach (var user in users)
        {
            broken.AddRange(user.Promises.Select(promise => Problem(promise, records.Find(Instance.Table, World.Account, promise.InstanceId), machines[promise.InstanceId])).OfType<string>());
            broken.AddRange(user.Tokens.Select(token => (token.Key, token.Value, Made: records.ListAll(Instance.Table).Count(instance => instance.ClientToken == token.Key)))
                .Where(token => token.Made > token.Value).Select(token => $"token {token.Key} made {token.Made} instances, {token.Value} were asked for"));
        }
        return broken;
    }

    private static string? Problem(Promise promise, Instance? instance, IEnumerable<VmStatus> machines)
    {
        // A terminated instance is kept for an hour, longer than users act.
        if (instance is null)
            return $"{promise.InstanceId} was promised and is not there";
        if (promise.Terminated && instance.State is not InstanceState.Terminated)
            return $"{promise.InstanceId} was terminated and is {instance.State}";
        if (!promise.TypeInDoubt && promise.InstanceType != instance.InstanceType)
            return $"{promise.InstanceId} was made a {promise.InstanceType} and is a {instance.InstanceType}";
        if (promise.InDoubt)
            return null;
        // A machine that ended by itself excuses its instance, and its host says so too as long as there is anything left of it.
        var failed = instance.StateReason?.Code is "Server.InternalError" or "Client.InstanceInitiatedShutdown"
            && (instance.State is InstanceState.Terminated || machines.Any(vm => vm.BootGeneration == instance.BootGeneration
                && vm.EndReason is VmEndReason.Crashed or VmEndReason.FailedToStart or VmEndReason.GuestShutdown));
        return promise.Last switch
        {
            Wish.Stop when instance.State is InstanceState.Running => $"{promise.InstanceId} was stopped and runs",
            Wish.Start or Wish.Run when instance.State is not InstanceState.Running && !failed => $"{promise.InstanceId} was started and is {instance.State}: {instance.StateReason?.Code}",
            _ => null,
        };
    }
}
