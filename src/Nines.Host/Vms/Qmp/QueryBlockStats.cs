using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>query-blockstats</c>: what the guest's devices have done.</summary>
internal sealed record QueryBlockStats : IQmpCommand<ImmutableArray<BlockStats>>
{
    public static string Name => "query-blockstats";
}
