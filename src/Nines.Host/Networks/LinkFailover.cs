using Nines.Host.Api;

namespace Nines.Host.Networks;

/// <summary>
/// Who carries for an adapter whose cable is pulled. A guest that bonds two adapters sends with the addresses of the one by the link
/// of the other as soon as it sees that (Linux: active-backup, both with the first one's MAC address), so the network lets it.
/// </summary>
internal static class LinkFailover
{
    /// <summary>
    /// The adapter whose link is used: itself, or while its cable is pulled the first other one of its machine in its subnet whose
    /// cable is in; itself too when there is none.
    /// </summary>
    public static InterfaceSpec CarrierOf(InterfaceSpec adapter, IEnumerable<InterfaceSpec> all) => adapter.LinkDown
        ? all.Where(other => other.VmId == adapter.VmId && other.SubnetId == adapter.SubnetId && !other.LinkDown).MinBy(other => other.Id, StringComparer.Ordinal) ?? adapter
        : adapter;
}
