namespace Nines.Simulation.Clouds;

/// <summary>What a user was told of an instance, and what the user does not know.</summary>
internal sealed class Promise(string instanceId)
{
    public string InstanceId { get; } = instanceId;

    /// <summary>The last that was acknowledged.</summary>
    public Wish? Last { get; set; }

    /// <summary>Whether a call after that had no answer: it may have been done or not.</summary>
    public bool InDoubt { get; set; }

    public string? InstanceType { get; set; }

    public bool TypeInDoubt { get; set; }

    /// <summary>Whether its termination was acknowledged.</summary>
    public bool Terminated { get; set; }
}

/// <summary>What a user may ask of an instance.</summary>
internal enum Wish
{
    Run,
    Start,
    Stop,
    Terminate,
}
