namespace Nines.Host.Replicas;

/// <summary>Where a machine's disks are handed on while a moment of them is copied.</summary>
/// <param name="Source">The hypervisor's socket.</param>
/// <param name="TargetFolder">A folder of root's, for the sockets of who writes the copies.</param>
internal sealed record ReplicaSockets(string Source, string TargetFolder)
{
    /// <summary>The socket of who writes a volume's copy.</summary>
    public string TargetOf(string volumeId) => Path.Combine(TargetFolder, volumeId);
}
