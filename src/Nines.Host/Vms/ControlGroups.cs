using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Nines.Host.Vms;

/// <summary>
/// Limits on processor time and memory of machines: a control group per machine, in version 1's folders per controller or in
/// version 2's one (kernel documentation: admin-guide/cgroup-v1, cgroup-v2), whichever the machine has mounted.
/// </summary>
internal sealed class ControlGroups
{
    /// <summary>How often a group is tried to be removed while the last thread of its process is still on its way out.</summary>
    private const int RemoveAttempts = 200;

    private static readonly TimeSpan RemoveRetry = TimeSpan.FromMilliseconds(25);

    /// <summary>Memory that the hypervisor itself may use beside the guest's.</summary>
    private const long OverheadMiB = 256;

    private const long PeriodMicroseconds = 100_000;
    private readonly string _group;
    private readonly TimeProvider _time;
    private readonly ILogger<ControlGroups> _logger;
    private readonly string? _cpuRoot;
    private readonly string? _memoryRoot;
    private readonly bool _cpuIsUnified;
    private readonly bool _memoryIsUnified;

    /// <param name="group">Name of the group that holds the machines' groups; this host's own.</param>
    /// <param name="mounts">Content of <c>/proc/mounts</c>.</param>
    public ControlGroups(string group, string mounts, TimeProvider time, ILogger<ControlGroups> logger)
    {
        (_group, _time, _logger) = (group, time, logger);
        foreach (var mount in mounts.Split('\n').Select(line => line.Split(' ')).Where(fields => fields.Length > 3))
        {
            var options = mount[3].Split(',');
            if (mount[2] == "cgroup")
            {
                _cpuRoot = options.Contains("cpu") ? mount[1] : _cpuRoot;
                _memoryRoot = options.Contains("memory") ? mount[1] : _memoryRoot;
            }
        }

        var unified = mounts.Split('\n').Select(line => line.Split(' ')).FirstOrDefault(fields => fields is [_, _, "cgroup2", ..])?[1];
        if (unified is not null)
        {
            (_cpuRoot, _cpuIsUnified) = _cpuRoot is null ? (unified, true) : (_cpuRoot, false);
            (_memoryRoot, _memoryIsUnified) = _memoryRoot is null ? (unified, true) : (_memoryRoot, false);
        }
    }

    /// <summary>Makes a machine's groups with their limits.</summary>
    /// <returns>Files that a process writes its number to in order to join; empty when the machine offers no groups.</returns>
    public IReadOnlyList<string> Create(string vmId, int cpuLimitPercent, int memoryMiB)
    {
        try
        {
            var joins = new List<string>();
            if (_cpuRoot is not null)
            {
                var folder = MakeFolder(_cpuRoot, vmId, _cpuIsUnified);
                WriteQuota(folder, cpuLimitPercent);
                joins.Add(Path.Combine(folder, "cgroup.procs"));
            }

            if (_memoryRoot is not null)
            {
                var folder = MakeFolder(_memoryRoot, vmId, _memoryIsUnified);
                Write(folder, _memoryIsUnified ? "memory.max" : "memory.limit_in_bytes", Text($"{(memoryMiB + OverheadMiB) << 20}"));
                joins.Add(Path.Combine(folder, "cgroup.procs"));
            }

            return [.. joins.Distinct()];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _logger.NoLimits(exception, vmId);
            return [];
        }
    }

    /// <summary>Gives a machine's group another share of the processors.</summary>
    /// <returns>Whether it has that share now; not without a group.</returns>
    public bool LimitProcessors(string vmId, int cpuLimitPercent)
    {
        if (_cpuRoot is null || !Directory.Exists(FolderOf(_cpuRoot, vmId)))
        {
            return false;
        }

        try
        {
            WriteQuota(FolderOf(_cpuRoot, vmId), cpuLimitPercent);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The group goes with its machine, which may be at this moment.
            _logger.NoLimits(exception, vmId);
            return false;
        }
    }

    /// <summary>Takes a process out of its machine's groups: nothing limits it any more, and the groups can go.</summary>
    /// <exception cref="IOException">It cannot leave them.</exception>
    public void Release(string vmId, int pid)
    {
        foreach (var root in Roots().Where(root => Directory.Exists(FolderOf(root, vmId))))
        {
            Write(root, "cgroup.procs", Text($"{pid}"));
        }
    }

    /// <summary>Memory that a machine's group holds now, in bytes, or <see langword="null"/>.</summary>
    public long? MemoryOf(string vmId)
    {
        var file = _memoryRoot is null
            ? null
            : Path.Combine(FolderOf(_memoryRoot, vmId), _memoryIsUnified ? "memory.current" : "memory.usage_in_bytes");
        return File.Exists(file) ? long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture) : null;
    }

    /// <summary>Removes a machine's groups; its process must be gone, or on its way out.</summary>
    public async Task RemoveAsync(string vmId, CancellationToken cancellationToken)
    {
        foreach (var root in Roots())
        {
            await RemoveFolderAsync(FolderOf(root, vmId), cancellationToken);
        }
    }

    /// <summary>Removes the groups of all machines of this host.</summary>
    public async Task RemoveAllAsync(CancellationToken cancellationToken)
    {
        foreach (var root in Roots())
        {
            var all = Path.Combine(root, _group);
            foreach (var folder in Directory.Exists(all) ? Directory.GetDirectories(all) : [])
            {
                await RemoveFolderAsync(folder, cancellationToken);
            }

            await RemoveFolderAsync(all, cancellationToken);
        }
    }

    private void WriteQuota(string folder, int cpuLimitPercent)
    {
        var quota = cpuLimitPercent * PeriodMicroseconds / 100;
        if (_cpuIsUnified)
        {
            Write(folder, "cpu.max", Text($"{quota} {PeriodMicroseconds}"));
        }
        else
        {
            Write(folder, "cpu.cfs_period_us", Text($"{PeriodMicroseconds}"));
            Write(folder, "cpu.cfs_quota_us", Text($"{quota}"));
        }
    }

    private IEnumerable<string> Roots() => new[] { _cpuRoot, _memoryRoot }.OfType<string>().Distinct();

    private string FolderOf(string root, string vmId) => Path.Combine(root, _group, vmId);

    private string MakeFolder(string root, string vmId, bool unified)
    {
        var folder = FolderOf(root, vmId);
        Directory.CreateDirectory(folder);
        if (unified)
        {
            foreach (var parent in new[] { root, Path.Combine(root, _group) })
            {
                Write(parent, "cgroup.subtree_control", string.Join(' ', Wanted()));
            }
        }

        return folder;
    }

    private IEnumerable<string> Wanted()
    {
        if (_cpuIsUnified)
        {
            yield return "+cpu";
        }

        if (_memoryIsUnified)
        {
            yield return "+memory";
        }
    }

    private async Task RemoveFolderAsync(string folder, CancellationToken cancellationToken)
    {
        for (var attempt = 1; Directory.Exists(folder); attempt++)
        {
            try
            {
                // Its files are the kernel's and go with it, so it is removed as if it were empty.
                Directory.Delete(folder);
            }
            catch (IOException) when (attempt < RemoveAttempts)
            {
                await Task.Delay(RemoveRetry, _time, cancellationToken);
            }
        }
    }

    private static void Write(string folder, string file, string value) => File.WriteAllText(Path.Combine(folder, file), value);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
