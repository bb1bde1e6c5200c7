using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Nines.Host.Forks;
using Nines.Host.Networks;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>Which open files of a zygote are its own, so that each fork must be given others. What is not named here all may share: files that nobody writes to, and the disk that nobody wrote to.</summary>
/// <param name="Counters">What its loops are woken by, with how each is open.</param>
/// <param name="WaitSets">What its loops would wait with if they had many files.</param>
/// <param name="Monitor">Where its monitor takes connections.</param>
/// <param name="Console">Where its serial console does.</param>
/// <param name="Gate">Where its gate's port does.</param>
/// <param name="Host">The host's end at the gate's port.</param>
/// <param name="Tap">Its adapter's tap.</param>
/// <param name="ConsoleLogs">What its serial console says.</param>
/// <param name="Logs">What it says itself.</param>
internal sealed record ZygoteFiles(
    ImmutableArray<ProcessDescriptor> Counters, ImmutableArray<int> WaitSets, int Monitor, int Console, int Gate, int Host, int Tap, ImmutableArray<int> ConsoleLogs, ImmutableArray<int> Logs)
{
    private const string Counter = "anon_inode:[eventfd]";
    private const string WaitSet = "anon_inode:[eventpoll]";
    private const string Tun = "/dev/net/tun";

    /// <summary>The places of a fork's files, in the order of <see cref="OpenFor"/>.</summary>
    public ImmutableArray<int> Places => [.. Counters.Select(counter => counter.Number), .. WaitSets, Monitor, Console, Gate, Host, Tap, .. ConsoleLogs, .. Logs];

    /// <summary>Sorts what a hypervisor has open.</summary>
    /// <param name="disk">The file of its disk.</param>
    /// <exception cref="VmStartException">It has something open that forks may not share and that nobody here knows how to replace.</exception>
    public static ZygoteFiles Of(IReadOnlyList<ProcessDescriptor> open, VmFiles files, string disk)
    {
        var (consoleLog, log, diskFile) = (NativeFiles.RealPath(files.ConsoleLog), NativeFiles.RealPath(files.QemuLog), NativeFiles.RealPath(disk));
        var known = new ZygoteFiles(
            [.. open.Where(descriptor => descriptor.Target == Counter)],
            [.. open.Where(descriptor => descriptor is { Target: WaitSet, IsWaiting: false }).Select(descriptor => descriptor.Number)],
            One(open, descriptor => descriptor.IsListening && descriptor.SocketPath == files.MonitorSocket, "monitor"),
            One(open, descriptor => descriptor.IsListening && descriptor.SocketPath == files.ConsoleSocket, "console"),
            One(open, descriptor => descriptor.IsListening && descriptor.SocketPath == files.GateSocket, "gate"),
            One(open, descriptor => !descriptor.IsListening && descriptor.SocketPath == files.GateSocket, "end at the gate"),
            One(open, descriptor => descriptor.Target == Tun, "tap"),
            [.. open.Where(descriptor => descriptor.Target == consoleLog).Select(descriptor => descriptor.Number)],
            [.. open.Where(descriptor => descriptor.Target == log).Select(descriptor => descriptor.Number)]);
        var places = known.Places;
        var strange = open.FirstOrDefault(descriptor => !places.Contains(descriptor.Number) && !CanBeShared(descriptor, diskFile));
        return strange is null && places.Length <= DescriptorPassing.MaxDescriptors
            ? known
            : throw new VmStartException($"The hypervisor has {strange?.Target ?? "too much"} open, of which forks cannot have their own.");
    }

    /// <summary>Opens a fork's files.</summary>
    /// <param name="launch">Whose they are.</param>
    /// <param name="tap">How its adapter's tap is to be open.</param>
    /// <param name="host">The fork's end of the connection at the gate.</param>
    /// <exception cref="IOException">One cannot be opened.</exception>
    public ImmutableArray<SafeFileHandle> OpenFor(VmLaunch launch, TapSettings tap, SafeFileHandle host)
    {
        var opened = new List<SafeFileHandle>();
        try
        {
            opened.AddRange(Counters.Select(counter => NativeFiles.EventCounter(counter.Flags)));
            opened.AddRange(WaitSets.Select(_ => NativeFiles.WaitSet()));
            opened.Add(NativeFiles.Listener(launch.Files.MonitorSocket));
            opened.Add(NativeFiles.Listener(launch.Files.ConsoleSocket));
            opened.Add(NativeFiles.Listener(launch.Files.GateSocket));
            opened.Add(host);
            opened.Add(TapDescriptor.Open(launch.NamespacePath!, launch.Taps[0], tap));
            opened.AddRange(ConsoleLogs.Select(_ => NativeFiles.Log(launch.Files.ConsoleLog)));
            opened.AddRange(Logs.Select(_ => NativeFiles.Log(launch.Files.QemuLog)));
            return [.. opened];
        }
        catch
        {
            opened.ForEach(file => file.Dispose());
            throw;
        }
    }

    private static int One(IReadOnlyList<ProcessDescriptor> open, Func<ProcessDescriptor, bool> isIt, string what) =>
        open.Where(isIt).ToArray() is [var only] ? only.Number : throw new VmStartException($"The hypervisor has not exactly one {what} open.");

    /// <summary>Files that only give, pipes that the hypervisor inherited and knows nothing of, and what signals come by: it tells each process of its own (signalfd(2)).</summary>
    private static bool CanBeShared(ProcessDescriptor descriptor, string disk) => descriptor.Target switch
    {
        "anon_inode:[signalfd]" or "/dev/null" or "/dev/urandom" => true,
        var target when target == disk => true,
        var target when target.StartsWith(PageRelease.FileName, StringComparison.Ordinal) || target.StartsWith(SealedMemory.MappingName, StringComparison.Ordinal) || target.StartsWith("pipe:", StringComparison.Ordinal) => true,
        var target when target.StartsWith("/dev/", StringComparison.Ordinal) || target.StartsWith("/memfd:", StringComparison.Ordinal) => false,
        _ => descriptor.Target.StartsWith('/') && !descriptor.IsWritableFile,
    };
}
