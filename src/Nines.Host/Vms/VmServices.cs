using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Reports;
using Nines.Host.Volumes;

namespace Nines.Host.Vms;

/// <summary>What every machine's reconciler needs of its host.</summary>
internal sealed record VmServices
{
    public required HostOptions Options { get; init; }

    public required VmRecords Records { get; init; }

    public required QemuLauncher Launcher { get; init; }

    public required ObservationLog Observations { get; init; }

    public required IHostCommands Commands { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>The user that hypervisors run as.</summary>
    public required HypervisorUser User { get; init; }

    /// <summary>Whether a machine's disks, adapters and image are there.</summary>
    public required Func<VmSpec, VmReadiness> Readiness { get; init; }

    /// <summary>Who may open disks.</summary>
    public required DiskLocks Locks { get; init; }

    /// <summary>What is remembered of disks that have two copies.</summary>
    public required MirrorStore Mirrors { get; init; }

    /// <summary>Makes an empty disk: its file, what it is encrypted with, and its size in bytes.</summary>
    public required Func<string, DiskKey?, long, CancellationToken, Task> MakeDisk { get; init; }

    /// <summary>What takes care of a machine's mirrored disks.</summary>
    public MachineMirrors NewMirrors(VmFiles files) => new(
        Mirrors, MakeDisk, new MachineScrubs(new MirrorScrub(Commands, Time), files.ScrubSocket, Options.ScrubInterval, Time, Logger), Time, Logger);

    /// <summary>The asynchronous copies of disks.</summary>
    public required ReplicaStore Replicas { get; init; }

    /// <summary>What takes care of a machine's disks.</summary>
    public MachineDisks NewDisks(VmFiles files)
    {
        var sockets = new ReplicaSockets(files.LendSocket, files.CopyFolder);
        var replicas = new MachineReplicas(
            Replicas, new ReplicaCopier(Replicas, Commands, Time), sockets, id => Mirrors.StateOf(id) is not null, Options.ReplicaInterval, Time, Logger);
        return new MachineDisks(Options, Mirrors, Replicas, replicas, Time);
    }

    /// <summary>What is known of a disk that a machine shall have.</summary>
    public required Func<string, VolumeReadiness> Volumes { get; init; }

    /// <summary>Whether snapshots are to be taken between the two halves of a machine's reboot and are not yet.</summary>
    public required Func<VmSpec, bool> SnapshotsAwait { get; init; }

    /// <summary>Whether a machine's guest answers on its network; <see langword="null"/> when it cannot be asked.</summary>
    public required Func<VmSpec, CancellationToken, Task<bool?>> Answers { get; init; }

    /// <summary>Whether an adapter that a machine shall have can be given to it.</summary>
    public required Func<VmInterface, bool> Adapters { get; init; }

    /// <summary>Opens an adapter's tap.</summary>
    public required Func<VmInterface, SafeHandle> OpenTap { get; init; }

    /// <summary>What a machine that is ready is launched with, from what was remembered of it before.</summary>
    public required Func<VmSpec, VmRecord, CancellationToken, Task<VmLaunch>> Prepare { get; init; }

    /// <summary>Is told when a machine has let go of its disks, or changed one.</summary>
    public required Action Released { get; init; }
}
