namespace Nines.Control.Reconcile;

/// <summary>When a record is looked at again, besides whenever it changes.</summary>
internal readonly record struct Outcome
{
    private Outcome(TimeSpan? delay) => Delay = delay;

    /// <summary>It is as desired: nothing to do until it changes.</summary>
    public static Outcome Settled => default;

    /// <summary>Null: only when it changes.</summary>
    public TimeSpan? Delay { get; }

    /// <summary>Something is under way: look again after this time, or earlier when it changes.</summary>
    public static Outcome After(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        return new Outcome(delay);
    }
}
