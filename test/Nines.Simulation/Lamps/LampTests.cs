using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Reconcile;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Control.Tests;
using Nines.Simulation.Faults;
using Nines.Simulation.Scheduling;

namespace Nines.Simulation.Lamps;

/// <summary>Store, view and reconcile loop under faults, with nothing else: every acknowledged wish comes true.</summary>
public sealed class LampTests
{
    private const string Account = "123456789012";
    private const int Count = 8;

    public static IEnumerable<TheoryDataRow<int>> EverySeed => Seeds.Of(30);

    [Theory]
    [MemberData(nameof(EverySeed))]
    public void Every_acknowledged_wish_comes_true(int seed)
    {
        try
        {
            Simulate(seed);
        }
        catch (Exception e)
        {
            Seeds.Tell(seed, e);
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_run() => Simulate(7).ShouldBe(Simulate(7));

    private static (long Steps, int Strikes, long Revision, DateTimeOffset End) Simulate(int seed)
    {
        var random = new Random(seed);
        var time = new VirtualTime();
        var fate = new Fate(new Random(random.Next()), 0.15);
        var store = SqliteStore.OpenInMemory(new SqliteStoreOptions { Time = time, HistoryEvents = 50 });
        var steps = SimulationContext.Run(time, random, () => BodyAsync(random, time, fate, store));
        var revision = store.Revision;
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        return (steps, fate.Strikes, revision, time.GetUtcNow());
    }

    private static async Task BodyAsync(Random random, VirtualTime time, Fate fate, SqliteStore store)
    {
        var bulbs = new Bulbs(time, fate);
        var acknowledged = new Dictionary<string, long>();
        var user = new Random(random.Next());
        for (var life = 0; life < 6; life++)
        {
            if (life == 5)
                fate.IsOn = false;
            await LiveAsync(time, fate, store, bulbs, user, acknowledged, random.Next());
        }
        await using var cloud = await Cloud.OpenAsync(store, [Lamp.Table]);
        foreach (var lamp in cloud.ListAll(Lamp.Table))
        {
            lamp.Fulfilled.ShouldBe(lamp.Wish, $"{lamp.Id} settled");
            bulbs.WishOf(lamp.Id).ShouldBe(lamp.Wish, $"{lamp.Id} in the real world");
            lamp.Wish.ShouldBeGreaterThanOrEqualTo(acknowledged.GetValueOrDefault(lamp.Id), $"{lamp.Id} acknowledged");
        }
        acknowledged.Count.ShouldBeGreaterThan(0);
    }

    /// <summary>One process, until it dies or a minute is over.</summary>
    private static async Task LiveAsync(VirtualTime time, Fate fate, SqliteStore store, Bulbs bulbs, Random user, Dictionary<string, long> acknowledged, int seed)
    {
        var life = new Life();
        var mortal = new MortalStore(store, life, fate);
        await using var cloud = await Cloud.OpenAsync(mortal, [Lamp.Table]);
        await using var loop = new ReconcileLoop(new LampReconciler(cloud, bulbs), time, new Random(seed), NullLogger<ReconcileLoop>.Instance,
            new ReconcileOptions { MaxConcurrency = 3 }).WakeOn(cloud, Lamp.Table);
        loop.Start();
        for (var i = 0; i < 40 && !life.IsOver; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(user.Next(1500)), time, CancellationToken.None);
            await WishAsync(cloud, $"lamp-{user.Next(Count)}", acknowledged);
        }
        await Task.WhenAny(life.Death, Task.Delay(TimeSpan.FromMinutes(2), time, CancellationToken.None));
    }

    private static async Task WishAsync(Cloud cloud, string id, Dictionary<string, long> acknowledged)
    {
        try
        {
            acknowledged[id] = await cloud.WriteAsync(transaction =>
            {
                var lamp = transaction.Find(Lamp.Table, Account, id) ?? new Lamp(Account, id, 0, 0);
                transaction.Put(Lamp.Table, lamp with { Wish = lamp.Wish + 1 });
                return lamp.Wish + 1;
            }, CancellationToken.None);
        }
        catch (ProcessDiedException)
        {
            // Nobody knows whether it was done.
        }
        catch (StoreException)
        {
            // The view of a dead process.
        }
    }
}
