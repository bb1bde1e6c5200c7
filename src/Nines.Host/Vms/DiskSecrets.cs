using System.Collections.Immutable;
using Nines.Host.Api;
using Nines.Host.Volumes;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Vms;

/// <summary>
/// Gives hypervisors the secrets that disks are encrypted with, over their monitors only. A disk's file names the secret that opens what it is based on
/// (<see cref="DiskKeys"/>), so it has the same name in every hypervisor.
/// </summary>
internal static class DiskSecrets
{
    /// <summary>How a disk is encrypted, if it is.</summary>
    public static DiskEncryption? EncryptionOf(DiskKey? key) => key is null ? null : new DiskEncryption(DiskKeys.SecretOf(key));

    /// <summary>Has a hypervisor know a secret; nothing happens when it does, or nobody here knows it.</summary>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public static async Task AddAsync(QmpClient monitor, DiskKey? key, CancellationToken cancellationToken)
    {
        if (key is { Secret: { } secret } && !(await NamesAsync(monitor, cancellationToken)).Contains(DiskKeys.SecretOf(key)))
        {
            await monitor.ExecuteAsync(new SecretAdd(DiskKeys.SecretOf(key), secret), cancellationToken);
        }
    }

    /// <summary>Has a hypervisor forget every secret but those of its disks.</summary>
    /// <exception cref="QmpException">The monitor refused, or did not answer.</exception>
    public static async Task KeepOnlyAsync(QmpClient monitor, IEnumerable<DiskKey?> keys, CancellationToken cancellationToken)
    {
        var kept = keys.OfType<DiskKey>().Select(DiskKeys.SecretOf).ToHashSet(StringComparer.Ordinal);
        foreach (var name in (await NamesAsync(monitor, cancellationToken)).Where(name => DiskKeys.IsSecret(name) && !kept.Contains(name)))
        {
            await monitor.ExecuteAsync(new SecretDel(name), cancellationToken);
        }
    }

    private static async Task<ImmutableArray<string>> NamesAsync(QmpClient monitor, CancellationToken cancellationToken) =>
        [.. (await monitor.ExecuteAsync<QomList, ImmutableArray<QomProperty>>(new QomList(QomList.Objects), cancellationToken)).Select(property => property.Name)];
}
