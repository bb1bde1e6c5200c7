using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Reconcile;
using Nines.Control.Store;
using Nines.Control.Store.Sqlite;
using Nines.Control.Tests.Store;

namespace Nines.Control.Tests.Reconcile;

public sealed class ReconcileLoopTests : IAsyncLifetime
{
    private static readonly ResourceKey A = new(Shelf.Account, "a");

    private readonly VirtualTime _time = new();
    private readonly SqliteStore _store = SqliteStore.OpenInMemory();
    private readonly ScriptedReconciler _reconciler = new();
    private Cloud _cloud = null!;
    private ReconcileLoop _loop = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _cloud = await Cloud.OpenAsync(_store, [Shelf.Table], cancellationToken: Cancel);
        _loop = NewLoop(new ReconcileOptions());
    }

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _cloud.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Every_record_is_looked_at_when_it_starts_and_when_it_changes()
    {
        // What is seen counts, not how often: a change of the moment of the start may be told beside what is there.
        _reconciler.Look = key => _cloud.Find(Shelf.Table, key.AccountId, key.Id)?.Version;
        await Put("a");
        await Put("b");
        _loop.Start();
        await UntilSeenAsync("a", 0);
        await UntilSeenAsync("b", 0);

        await Put("b", 1);
        await UntilSeenAsync("b", 1);
        await _cloud.WriteAsync(transaction => transaction.Delete(Shelf.Table, Shelf.Of("b")), Cancel);
        await UntilSeenAsync("b", null);
        await UntilIdleAsync();
        _reconciler.Seen.ShouldAllBe(seen => seen.Id == "b" || seen.Version == 0);
    }

    [Fact]
    public async Task Another_record_wakes_those_it_led_to_and_those_it_leads_to()
    {
        await using var loop = new ReconcileLoop(_reconciler, _time, new Random(1), NullLogger<ReconcileLoop>.Instance)
            .WakeOn(_cloud, Shelf.Table, shelf => shelf.Room is null ? [] : [new ResourceKey(shelf.AccountId, shelf.Room)]);
        loop.Start();
        await _cloud.WriteAsync(transaction => transaction.Put(Shelf.Table, Shelf.Of("a", room: "kitchen")), Cancel);
        await UntilCallsAsync(1);
        await _cloud.WriteAsync(transaction => transaction.Put(Shelf.Table, Shelf.Of("a", room: "cellar")), Cancel);
        await UntilCallsAsync(3);
        _reconciler.Calls.Select(key => key.Id).Order().ShouldBe(["cellar", "kitchen", "kitchen"]);
    }

    [Fact]
    public async Task A_change_during_a_call_leads_to_one_more_call_and_never_two_at_once()
    {
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reconciler.Script = async (call, _) =>
        {
            if (call == 1)
                await hold.Task;
            return Outcome.Settled;
        };
        _loop.Start();
        _loop.Wake(A);
        await UntilCallsAsync(1);
        for (var i = 0; i < 10; i++)
            _loop.Wake(A);
        _reconciler.Calls.Count.ShouldBe(1);
        hold.SetResult();
        await UntilIdleAsync();
        _reconciler.Calls.Count.ShouldBe(2);
        _reconciler.MostAtOnce.ShouldBe(1);
    }

    [Fact]
    public async Task No_more_records_at_once_than_allowed()
    {
        await using var loop = NewLoop(new ReconcileOptions { MaxConcurrency = 3 });
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _reconciler.Script = async (_, _) =>
        {
            await hold.Task;
            return Outcome.Settled;
        };
        for (var i = 0; i < 10; i++)
            loop.Wake(new ResourceKey(Shelf.Account, $"s{i}"));
        await UntilCallsAsync(3);
        hold.SetResult();
        await UntilCallsAsync(10);
        _reconciler.MostAtOnce.ShouldBe(3);
    }

    [Fact]
    public async Task It_is_looked_at_again_when_its_time_has_come()
    {
        _reconciler.Script = (call, _) => ValueTask.FromResult(call == 1 ? Outcome.After(TimeSpan.FromSeconds(10)) : Outcome.Settled);
        _loop.Wake(A);
        await UntilIdleAsync();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        await UntilIdleAsync();
        _reconciler.Calls.Count.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await UntilCallsAsync(2);
        await UntilIdleAsync();
        _time.Advance(TimeSpan.FromHours(1));
        await UntilIdleAsync();
        _reconciler.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_change_does_not_wait_for_the_time()
    {
        _reconciler.Script = (_, _) => ValueTask.FromResult(Outcome.After(TimeSpan.FromSeconds(10)));
        _loop.Wake(A);
        await UntilIdleAsync();
        _loop.Wake(A);
        await UntilCallsAsync(2);
        await UntilIdleAsync();
        // The time that the first call asked for no longer counts.
        _time.Advance(TimeSpan.FromSeconds(10));
        await UntilCallsAsync(3);
        await UntilIdleAsync();
        _reconciler.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Failures_are_tried_again_later_and_later()
    {
        _reconciler.Script = (call, _) => call <= 8 ? throw new InvalidOperationException("not yet") : ValueTask.FromResult(Outcome.Settled);
        _loop.Wake(A);
        await UntilIdleAsync();
        var waits = new List<double>();
        for (var call = 2; call <= 9; call++)
        {
            _loop.Failing.ShouldBe(1);
            var started = _time.GetUtcNow();
            while (_reconciler.Calls.Count < call)
            {
                _time.Advance(TimeSpan.FromMilliseconds(10));
                await UntilIdleAsync();
            }
            waits.Add((_time.GetUtcNow() - started).TotalSeconds);
        }
        _loop.Failing.ShouldBe(0);
        for (var i = 0; i < waits.Count; i++)
        {
            var expected = Math.Min(0.1 * Math.Pow(2, i), 30);
            waits[i].ShouldBeInRange(expected * 0.74, (expected * 1.26) + 0.02);
        }
    }

    [Fact]
    public async Task A_reconciler_that_writes_its_failure_down_does_not_spin()
    {
        _reconciler.Script = async (call, cancel) =>
        {
            await _cloud.WriteAsync(transaction => transaction.Put(Shelf.Table, Shelf.Of("a", call)), cancel);
            throw new InvalidOperationException("disk on fire");
        };
        _loop.Start();
        _loop.Wake(A);
        for (var i = 0; i < 60; i++)
        {
            await UntilIdleAsync();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        await UntilIdleAsync();
        _reconciler.Calls.Count.ShouldBeInRange(40, 70);
    }

    [Fact]
    public async Task What_cannot_succeed_is_told_once_and_left_until_it_changes()
    {
        _reconciler.Script = (_, _) => throw new TerminalException("Server.InsufficientInstanceCapacity", "No host has room.");
        _loop.Start();
        _loop.Wake(A);
        await UntilIdleAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        await UntilIdleAsync();
        _reconciler.GivenUp.ShouldBe(["Server.InsufficientInstanceCapacity"]);
        _loop.Failing.ShouldBe(0);
        await Put("a");
        await UntilCallsAsync(2);
    }

    [Fact]
    public async Task A_call_past_its_deadline_is_cancelled_and_tried_again()
    {
        _reconciler.Script = async (call, cancel) =>
        {
            if (call == 1)
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel);
            return Outcome.Settled;
        };
        _loop.Wake(A);
        await UntilCallsAsync(1);
        _time.Advance(TimeSpan.FromSeconds(61));
        await UntilIdleAsync();
        _loop.Failing.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await UntilCallsAsync(2);
    }

    [Fact]
    public async Task Stopping_cancels_and_waits_for_what_runs()
    {
        var ended = false;
        _reconciler.Script = async (_, cancel) =>
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, _time, cancel);
            }
            finally
            {
                ended = true;
            }
            return Outcome.Settled;
        };
        _loop.Wake(A);
        await UntilCallsAsync(1);
        await _loop.DisposeAsync();
        ended.ShouldBeTrue();
        _loop.Wake(A);
        _reconciler.Calls.Count.ShouldBe(1);
    }

    private ReconcileLoop NewLoop(ReconcileOptions options) =>
        new ReconcileLoop(_reconciler, _time, new Random(1), NullLogger<ReconcileLoop>.Instance, options).WakeOn(_cloud, Shelf.Table);

    private Task Put(string id, int version = 0) => _cloud.WriteAsync(transaction => transaction.Put(Shelf.Table, Shelf.Of(id, version)), Cancel);

    private Task UntilCallsAsync(int count) => Poll.UntilAsync(() => _reconciler.Calls.Count >= count, $"{count} calls", Cancel);

    private Task UntilSeenAsync(string id, int? version) => Poll.UntilAsync(() => _reconciler.Seen.Contains((id, version)), $"{id} seen as {version}", Cancel);

    private Task UntilIdleAsync() => Poll.UntilAsync(() => _loop.IsIdle, "idle", Cancel);

    private sealed class ScriptedReconciler : IReconciler
    {
        private readonly Lock _gate = new();
        private readonly List<ResourceKey> _calls = [];
        private readonly List<(string Id, int? Version)> _seen = [];
        private int _atOnce;

        public string Name => "scripted";

        public Func<int, CancellationToken, ValueTask<Outcome>> Script { get; set; } = (_, _) => ValueTask.FromResult(Outcome.Settled);

        /// <summary>Finds the version of a record; <see langword="null"/>: there is none.</summary>
        public Func<ResourceKey, int?> Look { get; set; } = _ => null;

        public List<string> GivenUp { get; } = [];

        public IReadOnlyList<(string Id, int? Version)> Seen
        {
            get
            {
                lock (_gate)
                    return [.. _seen];
            }
        }

        public int MostAtOnce { get; private set; }

        public IReadOnlyList<ResourceKey> Calls
        {
            get
            {
                lock (_gate)
                    return [.. _calls];
            }
        }

        public async ValueTask<Outcome> ReconcileAsync(ResourceKey key, CancellationToken cancellationToken)
        {
            int call;
            lock (_gate)
            {
                _calls.Add(key);
                _seen.Add((key.Id, Look(key)));
                call = _calls.Count;
                MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
            }
            try
            {
                return await Script(call, cancellationToken);
            }
            finally
            {
                lock (_gate)
                    _atOnce--;
            }
        }

        public ValueTask GiveUpAsync(ResourceKey key, TerminalException reason, CancellationToken cancellationToken)
        {
            GivenUp.Add(reason.Code);
            return ValueTask.CompletedTask;
        }
    }
}
