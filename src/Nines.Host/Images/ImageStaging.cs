using System.Collections.Immutable;

namespace Nines.Host.Images;

/// <summary>A folder in which one image is being made, and the right to make it. Disposing removes what was not published.</summary>
internal sealed class ImageStaging(string name, string directory, FileStream held, TimeProvider time) : IAsyncDisposable
{
    private const int RemoveAttempts = 100;
    private static readonly TimeSpan RemoveRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>The image's name.</summary>
    public string Name => name;

    /// <summary>The folder.</summary>
    public string Directory => directory;

    /// <summary>Path of a file in the folder.</summary>
    /// <exception cref="ImageException">The name would lead out of the folder, or the file is missing.</exception>
    public string File(string file) =>
        file.Length > 0 && file == Path.GetFileName(file) && file is not ("." or "..")
            ? Path.Combine(directory, file)
            : throw new ImageException($"image {name}: '{file}' is not the name of a file beside the manifest");

    /// <summary>Removes everything else.</summary>
    public void KeepOnly(ImmutableHashSet<string> files)
    {
        foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos().Where(entry => !files.Contains(entry.Name)))
        {
            if (entry is DirectoryInfo { LinkTarget: null } folder)
            {
                folder.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await RemoveAsync(directory, time, CancellationToken.None);
        await held.DisposeAsync();
    }

    /// <summary>Removes a folder that others may be removing too, or in which the last process is still on its way out.</summary>
    public static async Task RemoveAsync(string folder, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var attempt = 1; System.IO.Directory.Exists(folder); attempt++)
        {
            try
            {
                System.IO.Directory.Delete(folder, recursive: true);
            }
            catch (IOException) when (attempt < RemoveAttempts)
            {
                await Task.Delay(RemoveRetry, time, cancellationToken);
            }
        }
    }
}
