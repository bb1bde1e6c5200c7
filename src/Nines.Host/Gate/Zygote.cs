using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
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

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);
    private static readonly byte[] Word = [0];
    private readonly ProcessIdentity _process = ProcessTable.Find(process.Pid) ?? throw new IOException($"The zygote of kept guest {kept.Id} has ended.");

    /// <summary>The guest that it is of.</summary>
    public KeptGuest Kept => kept;

    /// <summary>The block node of its disk, which a fork puts its own over.</summary>
    public string DiskNode => diskNode;

    /// <summary>Whether it can be forked.</summary>
    public bool IsAlive => !HasFailed && ProcessTable.IsWhole(_process);

    /// <summary>Whether a machine could not be made of it.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>What it takes of the machine.</summary>
    public ProcessUsage? Measure() => ProcessUsage.Of(_process);

    /// <summary>Makes the hypervisor of a machine; its processors stand still.</summary>
    /// <param name="launch">The machine.</param>
    /// <param name="forms">Its identity.</param>
    /// <param name="joins">Files of the control groups that it joins.</param>
    /// <returns>The process, and the host's end of the gate's port.</returns>
    /// <exception cref="IOException">It could not be made; there is none, and this one is of no more use: see <see cref="FailAsync"/>.</exception>
    public async Task<(ProcessIdentity Process, GatePort Port)> ForkAsync(VmLaunch launch, ImmutableArray<byte[]> forms, IReadOnlyList<string> joins, TimeProvider time)
    {
        var (mine, theirs) = NativeFiles.Connection();
        var connection = new Socket(new SafeSocketHandle(mine.DangerousGetHandle(), ownsHandle: true));
        mine.SetHandleAsInvalid();
        try
        {
            var decision = new OneDecision();
            var forking = tracer.RunAsync(() => Fork(launch, forms, joins, theirs, decision));
            try
            {
                return (await forking.WaitAsync(Timeout, time), new GatePort(connection));
            }
            catch (TimeoutException) when (!decision.TryMake())
            {
                // It was let go at the last moment.
                return (await forking, new GatePort(connection));
            }
        }
        catch (Exception exception)
        {
            connection.Dispose();
            theirs.Dispose();
            throw exception as IOException ?? new IOException($"The zygote of kept guest {kept.Id} could not be forked: {exception.Message}", exception);
        }
    }

    /// <summary>Ends it since no machine could be made of it, and returns when what it held is free, if that is soon.</summary>
    public async Task FailAsync(TimeProvider time)
    {
        HasFailed = true;
        Dispose();
        var started = time.GetTimestamp();
        while (ProcessTable.IsAlive(_process) && time.GetElapsedTime(started) < Timeout)
        {
            await Task.Delay(PollInterval, time);
        }
    }

    /// <summary>Ends it; its forks live on.</summary>
    public void Dispose()
    {
        ProcessTable.Kill(_process);
        tracer.Dispose();
        port.Dispose();
    }

    private ProcessIdentity Fork(VmLaunch launch, ImmutableArray<byte[]> forms, IReadOnlyList<string> joins, SafeFileHandle host, OneDecision decision)
    {
        var opened = files.OpenFor(launch, tap, host);
        try
        {
            using var fork = process.Fork(launch.Spec.Id);
            var number = fork.Pid.ToString(CultureInfo.InvariantCulture);
            foreach (var join in joins)
            {
                File.WriteAllText(join, number);
            }

            DescriptorPassing.Send(port.Handle, Word, opened);
            fork.Receive(files.Host, files.Places);
            identity.Give(fork, forms);
            var made = ProcessTable.Find(fork.Pid) ?? throw new IOException($"A fork of the zygote of kept guest {kept.Id} has ended.");
            if (!decision.TryMake())
            {
                throw new IOException("Nobody waits for the fork any more.");
            }

            // Noted before it can outlive its maker: a fork that is not let go ends with this thread.
            File.WriteAllText(launch.Files.PidFile, number + "\n");
            fork.Release();
            return made;
        }
        finally
        {
            foreach (var file in opened)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Made by whoever comes first: the fork is let go, or it is given up.</summary>
    private sealed class OneDecision
    {
        private int _isMade;

        public bool TryMake() => Interlocked.Exchange(ref _isMade, 1) == 0;
    }
}
