using Nines.Composition;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.Host.Processes;

namespace Nines.EndToEnd.BadDays;

/// <summary>Ends processes as a crash does: at once, without a word to them.</summary>
internal static class Kill
{
    /// <summary>The cloud's process.</summary>
    public static Task CloudAsync(RealCloud cloud) => ProcessAsync(Endpoint.GetRunning(cloud.Paths).ProcessId);

    /// <summary>The hypervisor of a server.</summary>
    public static Task HypervisorAsync(string instanceId) => ProcessAsync(FindHypervisor(instanceId));

    /// <summary>The hypervisors of a cloud that stand still for others to be forked of them; waits until there is one.</summary>
    public static async Task<IReadOnlyList<ProcessIdentity>> ZygotesAsync(RealCloud cloud)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (true)
        {
            var zygotes = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _) && IsZygote(name!, cloud))
                .Select(name => ProcessTable.Find(int.Parse(name!))).OfType<ProcessIdentity>().ToArray();
            if (zygotes.Length > 0)
            {
                return zygotes;
            }

            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"there is no zygote; the cloud says:\n{cloud.SaidOfMachines}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until processes are gone that nobody has ended but the kernel.</summary>
    public static async Task AreGoneAsync(IReadOnlyList<ProcessIdentity> processes)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (processes.Any(ProcessTable.IsAlive))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("a zygote outlives its cloud");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Until nothing of it is left: a killed process gives its memory back before its files and ports, and only then is gone.</summary>
    private static async Task ProcessAsync(int processId)
    {
        (await ClientProcess.RunAsync("/bin/kill", ["-9", $"{processId}"], new Dictionary<string, string>())).ShouldSucceed();
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (ProcessTable.Find(processId) is not null)
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"process {processId} outlived kill -9");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    private static int FindHypervisor(string instanceId) => Directory.GetDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out _) && CommandLineOf(name!) is var line && line.StartsWith("qemu-system", StringComparison.Ordinal) && line.Contains(instanceId, StringComparison.Ordinal))
        .Select(name => int.Parse(name!))
        .ShouldHaveSingleItem();

    /// <summary>What a debugger has stopped is in state t (proc_pid_stat(5)).</summary>
    private static bool IsZygote(string process, RealCloud cloud)
    {
        try
        {
            return CommandLineOf(process).Contains(Path.Combine(cloud.StatePath, "host", "gate"), StringComparison.Ordinal) && File.ReadAllText($"/proc/{process}/stat").Contains(") t ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string CommandLineOf(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
