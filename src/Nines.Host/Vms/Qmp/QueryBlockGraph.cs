namespace Nines.Host.Vms.Qmp;

/// <summary><c>x-debug-query-block-graph</c>: which block node has which.</summary>
internal sealed record QueryBlockGraph : IQmpCommand<BlockGraph>
{
    public static string Name => "x-debug-query-block-graph";
}
