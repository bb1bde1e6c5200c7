using System.Diagnostics;
using System.Globalization;

namespace Nines.Host.Tests.Forks;

/// <summary>
/// A process for a debugger that lives in this one. It is a child's child: of its own children the runtime takes every word that the kernel has, also
/// what the debugger waits for.
/// </summary>
internal sealed class TracedProcess : IDisposable
{
    private readonly Process _parent;

    private TracedProcess(Process parent, int pid) => (_parent, Pid) = (parent, pid);

    public int Pid { get; }

    public StreamWriter Input => _parent.StandardInput;

    public StreamReader Output => _parent.StandardOutput;

    /// <summary>Runs a shell's script in a process of its own.</summary>
    public static async Task<TracedProcess> StartAsync(string script)
    {
        var parent = Process.Start(new ProcessStartInfo("sh", ["-c", """exec 3<&0; sh -c "$1" <&3 & echo $!; wait $!""", "sh", script]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var pid = await parent.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        return new(parent, int.Parse(pid!, CultureInfo.InvariantCulture));
    }

    /// <summary>It was not broken: it ends by itself once it has no more input.</summary>
    public async Task EndAsync()
    {
        _parent.StandardInput.Close();
        await _parent.WaitForExitAsync(TestContext.Current.CancellationToken);
        _parent.ExitCode.ShouldBe(0);
    }

    public void Dispose()
    {
        _parent.Kill(entireProcessTree: true);
        _parent.Dispose();
    }
}
