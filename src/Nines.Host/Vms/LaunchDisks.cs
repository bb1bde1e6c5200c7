using Nines.Host.Mirrors;
using Nines.Host.Replicas;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>Opens the disks of a machine that its hypervisor's arguments do not name.</summary>
internal static class LaunchDisks
{
    /// <summary>Opens the encrypted and the mirrored disks of a machine that waits to be made, and has it made.</summary>
    /// <exception cref="VmStartException">One cannot be opened.</exception>
    /// <param name="inStep">The moments whose disks some are, which their copies are of.</param>
    public static async Task OpenAsync(QemuMachine machine, VmLaunch launch, MirrorStore mirrors, IReadOnlyDictionary<string, long> inStep, CancellationToken cancellationToken)
    {
        try
        {
            var monitor = await machine.MonitorAsync(cancellationToken);
            foreach (var disk in launch.Disks.Where(disk => disk.IsOpenedLater))
            {
                if (disk.IsMirrored)
                {
                    await MirrorNodes.OpenAsync(monitor, mirrors, disk.VolumeId, disk.Key, cancellationToken);
                    continue;
                }

                await DiskSecrets.AddAsync(monitor, disk.Key, cancellationToken);
                await MirrorNodes.OpenCopyAsync(monitor, new DiskNode(disk.VolumeId, 0), MirrorCopy.First, disk.Path, disk.Key, cancellationToken);
                if (inStep.TryGetValue(disk.VolumeId, out var at))
                {
                    await ReplicaNodes.NoteAsync(monitor, new DiskNode(disk.VolumeId, 0), at, cancellationToken);
                }
            }

            await monitor.ExecuteAsync(new ExitPreconfig(), cancellationToken);
        }
        catch (QmpException exception)
        {
            throw new VmStartException($"A disk could not be opened: {exception.Message}");
        }
    }
}
