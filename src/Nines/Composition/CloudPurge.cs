using Microsoft.Extensions.Logging.Abstractions;
using Nines.Control.Store;

namespace Nines.Composition;

/// <summary>Removes all that a stopped cloud has on this machine.</summary>
internal static class CloudPurge
{
    /// <summary>Removes what a cloud made, and its state directory if nothing else is in there.</summary>
    /// <returns>What others put into the state directory, which is left.</returns>
    /// <exception cref="UserException">There is no cloud: whoever named the directory meant another.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(CloudPaths state, CancellationToken cancellationToken)
    {
        if (!CloudFiles.AreIn(state))
        {
            throw new UserException($"there is no cloud in {state.Path}, so nothing was removed; name another's with --state DIR or NINES_STATE", ExitCode.Unavailable);
        }

        using (await StateDirectory.OpenAsync(state.Path, cancellationToken))
        {
            // A cloud over hosts in memory made nothing outside of its state directory.
            if (Directory.Exists(state.Host))
            {
                await using var host = await RealHost.CreateAsync(new CloudOptions { State = state, Mirror = MirrorFolder.Find(state, null) }, NullLoggerFactory.Instance, start: false, cancellationToken);
                await host.Host.PurgeAsync(cancellationToken);
            }

            if (Directory.Exists(state.Run))
            {
                Directory.Delete(state.Run, recursive: true);
            }

            CloudFiles.RemoveFrom(state);
        }

        var left = CloudFiles.ForeignIn(state);
        if (!Directory.EnumerateFileSystemEntries(state.Path).Any())
        {
            Directory.Delete(state.Path);
        }

        return left;
    }
}
