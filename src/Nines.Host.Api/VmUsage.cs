namespace Nines.Host.Api;

/// <summary>What a machine's hypervisor process takes of its host.</summary>
/// <param name="Id">The machine, <c>i-…</c>.</param>
/// <param name="ProcessorSeconds">Processor time since the process began.</param>
/// <param name="OwnBytes">Memory that nothing else has: what would be free without the machine.</param>
/// <param name="SharedBytes">Memory of files that it has mapped and others may have mapped too: kept memory, programs, libraries.</param>
public sealed record VmUsage(string Id, double ProcessorSeconds, long OwnBytes, long SharedBytes);
