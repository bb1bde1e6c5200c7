namespace Nines.Host.Reports;

/// <summary>What an observation speaks of.</summary>
internal enum ObservationKind
{
    Vm,
    Volume,
    Snapshot,
    Transfer,
    Vpc,
    FastLaunch,
}
