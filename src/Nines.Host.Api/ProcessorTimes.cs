using System.Collections.Immutable;

namespace Nines.Host.Api;

/// <summary>What each machine of a host has used of its processors: a part of <see cref="HostUsage"/> that costs next to nothing to find out.</summary>
/// <param name="MeasuredAt">When it was measured, by the host's own clock.</param>
/// <param name="Vms">Machines that have a process.</param>
public sealed record ProcessorTimes(DateTimeOffset MeasuredAt, ImmutableArray<VmProcessorTime> Vms);
