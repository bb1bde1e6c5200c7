using System.Text.Json.Serialization;

namespace Nines.Host.Vms.Qmp;

/// <summary>
/// <c>blockdev-mirror</c>: copies a disk to another while it is written to. Once all is copied, a write is done when both have it.
/// </summary>
/// <param name="JobId">What the job will be called.</param>
/// <param name="Device">The node that is copied.</param>
/// <param name="Target">The node that it is copied to.</param>
/// <param name="FilterNodeName">What the node will be called that is put over the copied one meanwhile.</param>
internal sealed record BlockdevMirror(string JobId, string Device, string Target, string FilterNodeName) : IQmpCommand<QmpNothing>
{
    public static string Name => "blockdev-mirror";

    public string Sync { get; } = "full";

    public string CopyMode { get; } = "write-blocking";

    /// <summary>It stays to be looked at when it is over.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public bool AutoDismiss { get; }
}
