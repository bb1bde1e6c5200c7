using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Nines.Host.Forks;
using Nines.Host.Networks;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>
/// A hypervisor that stands still for good with a kept guest at the gate, and with the code that it has translated for it. Each machine's is a fork of it: with other files, another
/// identity, and everything else shared until one of them writes to it.
/// </summary>
internal sealed class Zygote(
    KeptGuest kept, Tracer tracer, FrozenProcess process, ZygoteFiles files, ZygoteIdentity identity, TapSettings tap, GatePort port, string diskNode) : IDisposable
{
    /// <summary>A fork takes a hundredth of a second; a kernel that is out of memory may take longer.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly byte[] Word = [0];
    private readonly ProcessIdentity _process = ProcessTable.Find(process.Pid)!;

    /// <summary>The guest that it is of.</summary>
    public KeptGuest Kept => kept;

    /// <summary>The block node of its disk, which a fork puts its own over.</summary>
    public string DiskNode => diskNode;

    /// <summary>Whether it can be forked.</summary>
    public bool IsAlive => ProcessTable.IsAlive(_process);

    /// <summary>What it takes of the machine.</summary>
    public ProcessUsage? Measure() => ProcessUsage.Of(_process);

    /// <summary>Makes the hypervisor of a machine; its processors stand still.</summary>
    /// <param name="launch">The machine.</param>
    /// <param name="forms">Its identity.</param>
    /// <param name="joins">Files of the control groups that it joins.</param>
    /// <returns>The process, and the host's end of the gate's port.</returns>
    /// <exception cref="IOException">It could not be made; there is none, and this one is of no more use.</exception>
    public async Task<(ProcessIdentity Process, GatePort Port)> ForkAsync(VmLaunch launch, ImmutableArray<byte[]> forms, IReadOnlyList<string> joins, TimeProvider time)
    {
        var (mine, theirs) = NativeFiles.Connection();
        var connection = new Socket(new SafeSocketHandle(mine.DangerousGetHandle(), ownsHandle: true));
        mine.SetHandleAsInvalid();
        try
        {
            var opened = files.OpenFor(launch, tap, theirs);
            try
            {
                var forking = tracer.RunAsync(() => Fork(launch, forms, joins, opened));
                return (await forking.WaitAsync(Timeout, time), new GatePort(connection));
            }
            catch (Exception exception) when (exception is IOException or TimeoutException or ObjectDisposedException or UnauthorizedAccessException)
            {
                // What was sent to it may still be there for the next fork to read.
                Dispose();
                throw exception as IOException ?? new IOException($"Zygote {kept.Id} could not be forked: {exception.Message}", exception);
            }
            finally
            {
                foreach (var file in opened)
                {
                    file.Dispose();
                }
            }
        }
        catch
        {
            connection.Dispose();
            theirs.Dispose();
            throw;
        }
    }

    /// <summary>Ends it; its forks live on.</summary>
    public void Dispose()
    {
        ProcessTable.Kill(_process);
        tracer.Dispose();
        port.Dispose();
    }

    private ProcessIdentity Fork(VmLaunch launch, ImmutableArray<byte[]> forms, IReadOnlyList<string> joins, ImmutableArray<Microsoft.Win32.SafeHandles.SafeFileHandle> opened)
    {
        using var fork = process.Fork(launch.Spec.Id);
        var number = fork.Pid.ToString(CultureInfo.InvariantCulture);

        // Noted before it can outlive its maker: a fork that is not let go ends with this thread.
        File.WriteAllText(launch.Files.PidFile, number + "\n");
        foreach (var join in joins)
        {
            File.WriteAllText(join, number);
        }

        DescriptorPassing.Send(port.Handle, Word, opened);
        fork.Receive(files.Host, files.Places);
        identity.Give(fork, forms);
        var made = ProcessTable.Find(fork.Pid) ?? throw new IOException($"A fork of zygote {kept.Id} has ended.");
        fork.Release();
        return made;
    }
}
