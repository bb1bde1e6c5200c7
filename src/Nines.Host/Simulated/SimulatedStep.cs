namespace Nines.Host.Simulated;

/// <summary>Steps of a simulated host at which a fault can happen.</summary>
public enum SimulatedStep
{
    Describe,
    Apply,
    Report,
    StartMachine,
    RunMachine,
    ShutDownMachine,
}
