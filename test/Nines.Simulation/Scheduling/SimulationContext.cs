using Nines.Control.Tests;

namespace Nines.Simulation.Scheduling;

/// <summary>
/// Runs everything of a simulation on one thread. What is ready runs in an order drawn from the seed; when nothing is ready, time
/// moves to the next timer. The same seed gives the same run.
/// </summary>
internal sealed class SimulationContext : SynchronizationContext
{
    private readonly VirtualTime _time;
    private readonly Random _random;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly Lock _gate = new();
    private readonly List<(SendOrPostCallback Callback, object? State)> _ready = [];
    private string? _stray;

    private SimulationContext(VirtualTime time, Random random)
    {
        _time = time;
        _random = random;
    }

    /// <summary>How many steps have run.</summary>
    public long Steps { get; private set; }

    /// <summary>Runs a simulation to its end.</summary>
    /// <param name="time">Its clock.</param>
    /// <param name="random">Draws the order of steps.</param>
    /// <param name="body">The simulation.</param>
    /// <exception cref="InvalidOperationException">It waits for something that cannot happen, or code left the simulation's thread.</exception>
    public static long Run(VirtualTime time, Random random, Func<Task> body)
    {
        var previous = Current;
        var context = new SimulationContext(time, random);
        SetSynchronizationContext(context);
        try
        {
            var task = body();
            while (!task.IsCompleted)
                context.Step();
            task.GetAwaiter().GetResult();
            return context.Steps;
        }
        finally
        {
            SetSynchronizationContext(previous);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_gate)
        {
            // A step that was posted by another thread comes at a time that no seed decides.
            if (Environment.CurrentManagedThreadId != _thread)
                _stray ??= Environment.StackTrace;
            _ready.Add((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("A simulation has one thread.");

    public override SynchronizationContext CreateCopy() => this;

    private void Step()
    {
        (SendOrPostCallback Callback, object? State) next;
        lock (_gate)
        {
            if (_stray is not null)
                throw new InvalidOperationException($"Code left the simulation's thread and came back: {_stray}");
            if (_ready.Count == 0)
            {
                next = default;
            }
            else
            {
                var index = _random.Next(_ready.Count);
                next = _ready[index];
                _ready[index] = _ready[^1];
                _ready.RemoveAt(_ready.Count - 1);
            }
        }
        if (next.Callback is not null)
        {
            Steps++;
            next.Callback(next.State);
        }
        else if (!_time.AdvanceToNext())
        {
            throw new InvalidOperationException("Nothing is left to happen, and the simulation has not ended.");
        }
    }
}
