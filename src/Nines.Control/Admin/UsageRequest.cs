namespace Nines.Control.Admin;

/// <summary>Asks what servers and hosts take.</summary>
/// <param name="InstanceIds">Which servers; null: all that are not terminated.</param>
/// <param name="Measure">Whether the hosts are asked; else only what the records say is told.</param>
internal sealed record UsageRequest(IReadOnlyList<string>? InstanceIds, bool Measure);
