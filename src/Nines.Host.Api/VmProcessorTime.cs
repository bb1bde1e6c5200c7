namespace Nines.Host.Api;

/// <summary>Processor time of a machine, its hypervisor's own with it.</summary>
/// <param name="Id">The machine, <c>i-…</c>.</param>
/// <param name="BootGeneration">The boot that it was used in; each begins at zero.</param>
/// <param name="Seconds">Processor time since that boot began.</param>
public sealed record VmProcessorTime(string Id, long BootGeneration, double Seconds);
