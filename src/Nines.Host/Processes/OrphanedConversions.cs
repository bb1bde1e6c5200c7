namespace Nines.Host.Processes;

/// <summary>Conversions of disks (<c>qemu-img</c>, <c>qemu-nbd</c>) that outlived the agent that began them.</summary>
internal static class OrphanedConversions
{
    /// <summary>Ends those that write a file.</summary>
    public static void End(string target)
    {
        foreach (var name in Directory.GetDirectories("/proc").Select(Path.GetFileName))
        {
            if (int.TryParse(name, out var pid) && ProcessTable.ArgumentsOf(pid) is ["prlimit" or "qemu-img" or "qemu-nbd", ..] arguments
                && arguments[^1].Contains(target, StringComparison.Ordinal) && ProcessTable.Find(pid) is { } orphan)
            {
                ProcessTable.Kill(orphan);
            }
        }
    }
}
