using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary>Block nodes and who has them.</summary>
/// <param name="Nodes">Nodes, devices and jobs.</param>
/// <param name="Edges">Who has whom.</param>
internal sealed record BlockGraph(ImmutableArray<BlockVertex> Nodes, ImmutableArray<BlockEdge> Edges);
