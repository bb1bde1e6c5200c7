using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Store;

namespace Nines.Composition;

/// <summary>Removes all that a stopped cloud has on this machine.</summary>
internal static class CloudPurge
{
    public static async Task RunAsync(CloudPaths state, CancellationToken cancellationToken)
    {
        using (await StateDirectory.OpenAsync(state.Path, cancellationToken))
        {
            // A cloud over hosts in memory made nothing outside of its state directory.
            if (Directory.Exists(state.Host))
            {
                await using var host = await RealHost.CreateAsync(new CloudOptions { State = state, Mirror = MirrorFolder.Find(state, null) }, NullLoggerFactory.Instance, start: false, cancellationToken);
                await host.Host.PurgeAsync(cancellationToken);
            }
        }

        Directory.Delete(state.Path, recursive: true);
        if (Directory.Exists(state.Run))
        {
            Directory.Delete(state.Run, recursive: true);
        }
    }
}
