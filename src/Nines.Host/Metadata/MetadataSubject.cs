using Nines.Host.Api;

namespace Nines.Host.Metadata;

/// <summary>Who asks the metadata service: a machine, by one of its adapters.</summary>
/// <param name="Vm">The machine.</param>
/// <param name="Primary">Its primary adapter.</param>
/// <param name="Adapters">All its adapters on this host, in the order of their device index, each with the network it is in.</param>
internal sealed record MetadataSubject(VmSpec Vm, MetadataAdapter Primary, IReadOnlyList<MetadataAdapter> Adapters);
