namespace Nines.Simulation.Faults;

/// <summary>Decides by chance what goes wrong, until it is told to leave everything alone.</summary>
internal sealed class Fate(Random random, double rate)
{
    /// <summary>Whether anything goes wrong at all.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>How many times something went wrong.</summary>
    public int Strikes { get; private set; }

    /// <summary>Whether it happens now.</summary>
    /// <param name="weight">How likely, against the run's rate.</param>
    public bool Strike(double weight = 1) => Strike(random, weight);

    /// <summary>The same, by chance from elsewhere.</summary>
    public bool Strike(Random from, double weight)
    {
        // Drawn also when nothing may happen: switching faults off changes nothing else of a run.
        var happens = from.NextDouble() < rate * weight && IsOn;
        if (happens)
            Strikes++;
        return happens;
    }

    /// <summary>A time up to the longest, mostly short.</summary>
    public TimeSpan Delay(TimeSpan longest) => longest * Math.Pow(random.NextDouble(), 3);
}
