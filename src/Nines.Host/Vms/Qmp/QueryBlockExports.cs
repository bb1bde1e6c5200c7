using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>query-block-exports</c>: what can be read over the server's socket.</summary>
internal sealed record QueryBlockExports : IQmpCommand<ImmutableArray<BlockExport>>
{
    public static string Name => "query-block-exports";
}
