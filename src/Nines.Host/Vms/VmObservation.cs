namespace Nines.Host.Vms;

/// <summary>Everything that the next step of a machine depends on beside what it shall be.</summary>
/// <param name="Record">What is remembered of it.</param>
/// <param name="Guest">What is there of it.</param>
/// <param name="Readiness">Whether it could start.</param>
/// <param name="Now">The time.</param>
internal sealed record VmObservation(VmRecord Record, GuestState Guest, VmReadiness Readiness, DateTimeOffset Now);
