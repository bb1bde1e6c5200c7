using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Files;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Mirrors;
using Nines.Host.Networks;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>Starts hypervisor processes so that they outlive the agent, and finds them again.</summary>
internal sealed class QemuLauncher(
    HostOptions options, IHostCommands commands, HypervisorUser user, ControlGroups groups, MirrorStore mirrors, ReplicaStore replicas, TimeProvider time, ILogger<QemuLauncher> logger)
{
    /// <summary>Number of the descriptor that a hypervisor finds its memory at, as it is opened when it starts.</summary>
    public const int MemoryDescriptor = DetachedCommand.FileDescriptor;

    /// <summary>
    /// Copies of kept guests come to life a few at a time: each needs a processor for a moment, and a hundred at once would all be late, where
    /// one after the other the first is there at once and the last no later.
    /// </summary>
    private static readonly SemaphoreSlim Restores = new(Math.Max(2, Environment.ProcessorCount));

    /// <summary>Guests of disks that were servers' wait for each other alone: what is on such a disk may never answer.</summary>
    private static readonly SemaphoreSlim RestoresOfServersImages = new(Math.Max(2, Environment.ProcessorCount));

    private const int MaxLastWords = 2048;
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TapTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly TpmEmulator _tpm = new(commands, user, time);

    /// <summary>Starts a machine's process and waits until its monitor answers.</summary>
    /// <param name="attach">Makes what stands for the live process; its connection is kept.</param>
    /// <param name="plugDisks">Plugs the disks in that a copy has beside its root disk.</param>
    /// <exception cref="VmStartException">It did not come up.</exception>
    public async Task<QemuMachine> StartAsync(
        VmLaunch launch, Func<ProcessIdentity, QemuMachine> attach, CancellationToken cancellationToken, Func<QemuMachine, CancellationToken, Task>? plugDisks = null)
    {
        if (launch.Restored is not { Kept: var kept })
        {
            return await StartNowAsync(launch, attach, null, cancellationToken);
        }

        // What is kept may be removed while this waits; another file would then have the number of its memory.
        using var held = kept.Memory.TryHold() ?? throw new VmStartException($"Kept guest {kept.Id} was removed.");
        var restores = kept.Record.Key.Snapshot is null ? Restores : RestoresOfServersImages;
        await restores.WaitAsync(cancellationToken);
        try
        {
            return await StartNowAsync(launch, attach, plugDisks, cancellationToken);
        }
        finally
        {
            restores.Release();
        }
    }

    private async Task<QemuMachine> StartNowAsync(
        VmLaunch launch, Func<ProcessIdentity, QemuMachine> attach, Func<QemuMachine, CancellationToken, Task>? plugDisks, CancellationToken cancellationToken)
    {
        await using var undo = new UndoStack();
        var spec = launch.Spec;
        await PrepareFilesAsync(launch, undo, cancellationToken);
        undo.Push(() => groups.RemoveAsync(spec.Id, CancellationToken.None));
        var joins = groups.Create(spec.Id, spec.CpuLimitPercent, spec.MemoryMiB);
        undo.Push(() =>
        {
            End(launch.Files);
            return Task.CompletedTask;
        });
        if (spec.HasTpm)
        {
            undo.Push(() => _tpm.EndAsync(launch.Files, CancellationToken.None));
            await _tpm.StartAsync(launch.Files, joins, cancellationToken);
        }

        var inStep = await OpenReplicasAsync(launch);
        var fork = await ForkAsync(launch, joins);
        using var port = fork?.Port;
        var machine = attach(fork?.Process ?? await SpawnAsync(launch, joins, cancellationToken));
        undo.Push(() => machine.DisposeAsync().AsTask());
        await WaitForMonitorAsync(launch.Files, machine, cancellationToken);
        if (launch.OpensDisksLater)
        {
            await LaunchDisks.OpenAsync(machine, launch, mirrors, inStep, cancellationToken);
        }

        if (launch is { Restored: not null, IsZygote: false })
        {
            await RestoreAsync(machine, launch, port, plugDisks, cancellationToken);
        }
        else if (launch.IsResumed)
        {
            await Hibernation.ResumeAsync(machine, launch.Files, SavedMemoryCipher.Of(launch.Disks.Select(disk => disk.Key)), time, cancellationToken);
        }

        undo.Complete();
        return machine;
    }

    private async Task RestoreAsync(
        QemuMachine machine, VmLaunch launch, GatePort? port, Func<QemuMachine, CancellationToken, Task>? plugDisks, CancellationToken cancellationToken)
    {
        try
        {
            await GuestRestorer.RestoreAsync(machine, launch, port, plugDisks, time, cancellationToken);
        }
        catch (VmStartException exception) when (port is not null)
        {
            // What one fork could not do the next could not either.
            logger.ZygoteFailed(exception, launch.Restored!.Kept.Id, launch.Spec.Id);
            await launch.Restored.Zygote!.FailAsync(time);
            throw;
        }
    }

    /// <summary>From now on the disks may differ from their asynchronous copies.</summary>
    /// <returns>The moments whose disks some are now.</returns>
    private async Task<Dictionary<string, long>> OpenReplicasAsync(VmLaunch launch)
    {
        var inStep = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var disk in launch.Disks.Where(disk => !disk.IsMirrored))
        {
            if (await replicas.OpenAsync(disk.VolumeId) is { } at)
            {
                inStep[disk.VolumeId] = at;
            }
        }

        return inStep;
    }

    /// <summary>The live process of a machine, or <see langword="null"/>. A process that got an old number is not taken for it.</summary>
    public static ProcessIdentity? Find(VmFiles files, ProcessIdentity? remembered)
    {
        if (remembered is not null)
        {
            return ProcessTable.IsAlive(remembered) ? remembered : null;
        }

        return DetachedCommand.ReadPid(files.PidFile) is { } pid && ProcessTable.Find(pid) is { } found && IsMachine(pid, files.Id) ? found : null;
    }

    /// <summary>The end of what a machine's hypervisor has said on its standard error; empty when it said nothing.</summary>
    public static string LastWords(VmFiles files)
    {
        try
        {
            using var log = File.OpenRead(files.QemuLog);
            log.Position = Math.Max(0, log.Length - MaxLastWords);
            using StreamReader reader = new(log);
            return reader.ReadToEnd().Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Gives a machine that runs another share of the processors, in percent of one.</summary>
    /// <returns>Whether it has that share now.</returns>
    public bool LimitProcessors(string vmId, int percent) => groups.LimitProcessors(vmId, percent);

    /// <summary>Leaves a machine's process to itself, which lives on without its passing files and limits.</summary>
    public Task AbandonAsync(VmFiles files, ProcessIdentity process, CancellationToken cancellationToken)
    {
        groups.Release(files.Id, process.Pid);
        return CleanUpAsync(files, cancellationToken);
    }

    /// <summary>Removes what a process leaves behind in the passing files.</summary>
    public async Task CleanUpAsync(VmFiles files, CancellationToken cancellationToken)
    {
        await _tpm.EndAsync(files, cancellationToken);
        File.Delete(files.PidFile);
        if (Directory.Exists(files.RunDirectory))
        {
            Directory.Delete(files.RunDirectory, recursive: true);
        }

        await groups.RemoveAsync(files.Id, cancellationToken);
    }

    private static bool IsMachine(int pid, string id) =>
        ProcessTable.ArgumentsOf(pid).Any(argument => argument.StartsWith($"guest={id},", StringComparison.Ordinal));

    private static void End(VmFiles files)
    {
        if (DetachedCommand.ReadPid(files.PidFile) is { } pid && ProcessTable.Find(pid) is { } process)
        {
            ProcessTable.Kill(process);
        }
    }

    private async Task PrepareFilesAsync(VmLaunch launch, UndoStack undo, CancellationToken cancellationToken)
    {
        var files = launch.Files;
        undo.Push(() => CleanUpAsync(files, CancellationToken.None));
        File.Delete(files.PidFile);
        if (Directory.Exists(files.RunDirectory))
        {
            Directory.Delete(files.RunDirectory, recursive: true);
        }

        Directory.CreateDirectory(files.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!launch.IsResumed)
        {
            if (launch.Image.Manifest.Platform is GuestPlatform.Windows)
            {
                // The boot before may have said it, and it is not said again.
                await GuestPassword.ReadAsync(files, cancellationToken);
            }

            await File.WriteAllBytesAsync(files.ConsoleLog, GuestRestorer.ConsoleOf(launch), cancellationToken);
        }

        await File.WriteAllBytesAsync(files.QemuLog, [], cancellationToken);
        File.SetUnixFileMode(files.ConsoleLog, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        if (launch.Image.Manifest.Boot.Mode is ImageBootMode.Uefi && !File.Exists(files.UefiVariables))
        {
            // Whole or not at all: a part would be the guest's for good.
            var template = await File.ReadAllBytesAsync(QemuCommandLine.UefiVariablesTemplate, cancellationToken);
            await DurableFile.WriteAsync(files.UefiVariables, UefiFlash.With(template, Convert.FromBase64String(launch.Spec.UefiVariables ?? "")), cancellationToken);
        }

        string[] own = File.Exists(files.UefiVariables)
            ? [files.RunDirectory, files.ConsoleLog, files.UefiVariables]
            : [files.RunDirectory, files.ConsoleLog];
        await user.GiveAsync(cancellationToken, own);
    }

    /// <summary>Forks a machine's hypervisor of the zygote that there is for it.</summary>
    /// <returns><see langword="null"/> when there is none, or none any more: then it is started.</returns>
    private async Task<(ProcessIdentity Process, GatePort Port)?> ForkAsync(VmLaunch launch, IReadOnlyList<string> joins)
    {
        if (launch.Restored is not { Zygote: { } zygote } || launch.OpensDisksLater || launch.Spec.HasTpm)
        {
            return null;
        }

        try
        {
            var forms = ZygoteIdentity.FormsOf(GuestRestorer.IdentityOf(launch), launch.Disks[0].VolumeId, MachineIdentity.RandomUuid());
            return await zygote.ForkAsync(launch, forms, joins, time);
        }
        catch (IOException exception)
        {
            logger.ZygoteFailed(exception, zygote.Kept.Id, launch.Spec.Id);
            await zygote.FailAsync(time);
            await WaitForTapAsync(launch);
            File.Delete(launch.Files.PidFile);
            foreach (var socket in new[] { launch.Files.MonitorSocket, launch.Files.ConsoleSocket, launch.Files.GateSocket })
            {
                File.Delete(socket);
            }

            return null;
        }
    }

    /// <summary>The kernel closes the files of a process that was killed a moment after it is gone; a tap is open once only.</summary>
    private async Task WaitForTapAsync(VmLaunch launch)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < TapTimeout)
        {
            try
            {
                TapDescriptor.Open(launch.NamespacePath!, launch.Taps[0]).Dispose();
                return;
            }
            catch (IOException)
            {
                await Task.Delay(PollInterval, time);
            }
        }
    }

    private async Task<ProcessIdentity> SpawnAsync(VmLaunch launch, IReadOnlyList<string> joins, CancellationToken cancellationToken)
    {
        var files = launch.Files;
        string[] enter = launch.NamespacePath is { } path ? ["nsenter", $"--net={path}", "--"] : [];
        string[] words = [.. enter, "setpriv", .. user.BecomeArguments(), options.QemuProgram, .. QemuCommandLine.Arguments(launch)];
        var command = DetachedCommand.Of(files.PidFile, files.QemuLog, joins, words, launch.Restored?.Kept.Memory.Path);
        await commands.RunAsync(command, cancellationToken);
        var deadline = time.GetTimestamp();
        while (time.GetElapsedTime(deadline) < StartTimeout)
        {
            if (DetachedCommand.ReadPid(files.PidFile) is { } pid)
            {
                return ProcessTable.Find(pid) ?? throw Failed(files);
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        throw new VmStartException("The hypervisor was not launched in time.");
    }

    private async Task WaitForMonitorAsync(VmFiles files, QemuMachine machine, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < StartTimeout)
        {
            try
            {
                await machine.MonitorAsync(cancellationToken);
                return;
            }
            catch (QmpException) when (ProcessTable.IsAlive(machine.Process))
            {
                await Task.Delay(PollInterval, time, cancellationToken);
            }
            catch (QmpException)
            {
                throw Failed(files);
            }
        }

        throw new VmStartException($"The hypervisor's monitor did not answer within {StartTimeout.TotalSeconds:0} s.");
    }

    private static VmStartException Failed(VmFiles files)
    {
        var said = LastWords(files);
        return new VmStartException(said.Length == 0 ? "The hypervisor ended at its start." : $"The hypervisor ended at its start: {said}");
    }
}
