using System.Collections.Immutable;

namespace Nines.Host.Vms.Qmp;

/// <summary><c>query-block</c>: the disks that the guest's devices have.</summary>
internal sealed record QueryBlock : IQmpCommand<ImmutableArray<BlockInfo>>
{
    public static string Name => "query-block";
}
