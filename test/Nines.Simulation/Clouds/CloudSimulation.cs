using Nines.Control.Store;
using Nines.Control.Services.Ec2.Instances;
using Nines.Simulation.Checks;
using Nines.Simulation.Scheduling;

namespace Nines.Simulation.Clouds;

/// <summary>
/// One run of the whole control plane: users act while everything fails; then the faults stop, and records, hosts and promises must
/// agree; then everything is terminated, and nothing may be left.
/// </summary>
internal sealed class CloudSimulation
{
    private const int Users = 3;
    private const int ActsPerUser = 30;
    private static readonly TimeSpan s_calm = TimeSpan.FromMinutes(15);

    private readonly World _world;
    private readonly List<User> _users;
    private readonly List<string> _problems = [];

    private CloudSimulation(World world)
    {
        _world = world;
        _users = [.. Enumerable.Range(0, Users).Select(number => new User(_world, $"user{number}", new Random(_world.Random.Next())))];
    }

    /// <exception cref="CheckFailedException">An invariant does not hold.</exception>
    public static SimulationResult Run(int seed)
    {
        var world = new World(seed, faultRate: 0.02 + (0.1 * (seed % 5) / 5));
        var simulation = new CloudSimulation(world);
        var steps = SimulationContext.Run(world.Time, new Random(world.Random.Next()), simulation.RunAsync);
        var result = new SimulationResult(steps, world.Store.Revision, world.Processes, world.Fate.Strikes, simulation._users.Sum(user => user.Answers),
            simulation._users.Sum(user => user.Promises.Count), world.Time.GetUtcNow());
        world.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return result;
    }

    private async Task RunAsync()
    {
        await using var records = await Cloud.OpenAsync(_world.Store, World.Tables);
        foreach (var check in new ICheck[] { new LifeCycleCheck(), new AddressCheck(), new GenerationCheck() })
            check.Watch(_world, records, _problems.Add);
        var end = new TaskCompletionSource();
        var supervisor = _world.SuperviseAsync(end.Task);
        var chaos = new Chaos(_world, new Random(_world.Random.Next()));

        var mischief = chaos.ActAsync();
        await Task.WhenAll(_users.Select(user => user.ActAsync(ActsPerUser)));
        ThrowOnProblems();
        _world.Fate.IsOn = false;
        await mischief;

        await UntilAsync(records, () => Convergence.Pending(_world, records), "does not come to rest");
        Demand(Promises.Broken(_world, _users, records));
        Demand(Leaks.Find(_world, records));
        Demand(Leaks.InLedger(_world, records));

        await Task.WhenAll(_users.Select(user => user.TerminateAllAsync()));
        await UntilAsync(records, () => Convergence.Pending(_world, records), "does not come to rest after termination");
        Demand(Leaks.Find(_world, records));
        await Task.Delay(InstancePlan.TerminatedVisible + TimeSpan.FromMinutes(1), _world.Time, CancellationToken.None);
        await UntilAsync(records, () => [.. Leftovers(records)], "leaves something behind");
        end.SetResult();
        await supervisor;
    }

    private IEnumerable<string> Leftovers(Cloud records)
    {
        foreach (var table in World.Tables)
        {
            if (table.Name is "instances" or "volumes" or "network-interfaces" or "private-addresses" or "public-addresses" or "launch-tokens")
            {
                var left = records.CountAll(table);
                if (left > 0)
                    yield return $"{left} records in {table.Name}";
            }
        }
        foreach (var machine in _world.Machines)
        {
            var state = machine.Obeys(machine.Look());
            if (state.Vms.Count + state.Volumes.Count + state.Vpcs.Values.Sum(vpc => vpc.Interfaces.Count) > 0)
                yield return $"{machine.Id} is still told of {state.Vms.Count} machines and {state.Volumes.Count} disks";
        }
    }

    private async Task UntilAsync(Cloud records, Func<IReadOnlyList<string>> pending, string problem)
    {
        var until = _world.Time.GetUtcNow() + s_calm;
        while (pending() is { Count: > 0 } left)
        {
            ThrowOnProblems();
            if (_world.Time.GetUtcNow() > until)
                throw new CheckFailedException($"The cloud {problem}: {string.Join("; ", left.Take(5))} (revision {records.Revision})");
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time, CancellationToken.None);
        }
        ThrowOnProblems();
    }

    private void ThrowOnProblems() => Demand(_problems);

    private static void Demand(IReadOnlyList<string> problems)
    {
        if (problems.Count > 0)
            throw new CheckFailedException(string.Join("; ", problems.Take(5)));
    }
}
