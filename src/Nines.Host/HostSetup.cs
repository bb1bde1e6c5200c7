using System.Text;
using Nines.Host.Files;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host;

/// <summary>Makes the folders and the user that a host needs, and checks that they will do.</summary>
internal sealed class HostSetup(HostOptions options, HypervisorUser user)
{
    /// <summary>sun_path has 108 bytes, one of them the terminator (unix(7)); a machine's socket adds its id and name.</summary>
    private const int MaxRunDirectoryBytes = 107 - 28;

    /// <exception cref="HostSetupException">Something is wrong that the user must mend.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (Encoding.UTF8.GetByteCount(options.RunDirectory) > MaxRunDirectoryBytes)
        {
            throw new HostSetupException($"The folder for sockets, {options.RunDirectory}, is longer than {MaxRunDirectoryBytes} bytes: choose a shorter one.");
        }

        // A second disk that is away is not made up for by a folder where it should be: its copies are lost, and volumes are degraded.
        var mirrors = Directory.Exists(options.MirrorDirectory) ? MirrorFiles.DirectoryOf(options) : null;
        string[] folders = [options.StateDirectory, options.RunDirectory, VmFiles.AllOf(options), VolumeFiles.DirectoryOf(options), .. mirrors is null ? Array.Empty<string>() : [mirrors]];
        foreach (var folder in folders)
        {
            Directory.CreateDirectory(folder);
            File.SetUnixFileMode(folder, FileModes.Passable);
        }

        try
        {
            await user.EnsureAsync(cancellationToken);
        }
        catch (HostCommandException exception)
        {
            throw new HostSetupException($"The hypervisor's user {user.Name} cannot be made (is this root?).", exception);
        }

        foreach (var folder in folders.Append(options.ImagesDirectory).Where(Directory.Exists))
        {
            if (!await user.CanPassAsync(folder, cancellationToken))
            {
                throw new HostSetupException(
                    $"User {user.Name} cannot reach {folder}: a folder above it lets only its owner pass. Choose another state folder, or let others pass (chmod o+x).");
            }
        }
    }
}
