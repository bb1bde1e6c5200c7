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
    public async Task SwitchAsync(string volumeId, string overlayPath, CancellationToken cancellationToken)
    {
        foreach (var machine in machines().Where(machine => machine.MayHaveOpen(volumeId)))
        {
            await machine.SwitchAsync(volumeId, overlayPath, cancellationToken);
        }
    }
}
