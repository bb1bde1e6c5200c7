using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>query-named-block-nodes</c>: every block node, whether a device has it or not.</summary>
/// <param name="Flat">Without what a node is based on.</param>
internal sealed record QueryNamedBlockNodes(bool Flat = true) : IQmpCommand<ImmutableArray<BlockNode>>
{
    public static string Name => "query-named-block-nodes";
}
