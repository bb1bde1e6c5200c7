using Nines.Host.Api;
using Nines.Host.Volumes;

namespace Nines.Host.Vms;

/// <summary>Finds the machine that has a disk open.</summary>
internal sealed class OpenDisks(Func<IEnumerable<VmReconciler>> machines) : IOpenDisks
{
    /// <inheritdoc/>
    public async Task<string?> FileOfAsync(string volumeId, CancellationToken cancellationToken)
    {
        foreach (var machine in machines().Where(machine => machine.MayHaveOpen(volumeId)))
        {
            if (await machine.FileOfAsync(volumeId, cancellationToken) is { } file)
            {
                return file;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task SwitchAsync(IReadOnlyCollection<NextFile> disks, CancellationToken cancellationToken)
    {
        foreach (var machine in machines())
        {
            NextFile[] its = [.. disks.Where(disk => machine.MayHaveOpen(disk.VolumeId))];
            if (its.Length > 0)
            {
                await machine.SwitchAsync(its, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public bool HasCome(SnapshotMoment moment) => machines().FirstOrDefault(machine => machine.Id == moment.VmId)?.HasComeTo(moment) ?? true;
}
