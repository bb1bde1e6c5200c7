namespace Nines.Simulation.Faults;

/// <summary>One process: it dies once, and nothing that it still does has any effect.</summary>
internal sealed class Life
{
    // Who waits goes on in the simulation's own order, never by way of the thread pool.
    private readonly TaskCompletionSource _death = new();

    public Task Death => _death.Task;

    public bool IsOver => _death.Task.IsCompleted;

    public void End() => _death.TrySetResult();

    public void ThrowIfOver()
    {
        if (IsOver)
            throw new ProcessDiedException();
    }

    /// <summary>Ends it now when fate says so.</summary>
    public void Risk(Fate fate, double weight)
    {
        ThrowIfOver();
        if (!fate.Strike(weight))
            return;
        End();
        throw new ProcessDiedException();
    }
}
