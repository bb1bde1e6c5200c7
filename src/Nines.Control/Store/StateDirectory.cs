using System.Globalization;

namespace Nines.Control.Store;

/// <summary>
/// The directory that a cloud keeps everything in, held by one process at a time: the lock is the kernel's (flock(2)) and ends with
/// the process however it ends.
/// </summary>
internal sealed class StateDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string StorePath => At("store.db");

    /// <summary>Makes the directory if need be (mode 0700) and takes it.</summary>
    /// <exception cref="StoreException">It is another user's, cannot be written, or another process holds it.</exception>
    public static StateDirectory Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
            RequireOwn(path);
            var held = TakeLock(path);
            File.WriteAllText(PidFileOf(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n");
            return new StateDirectory(path, held);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The state directory {path} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The process that holds the directory, or held it last; null when none ever did.</summary>
    public static int? HolderOf(string path)
    {
        try
        {
            return int.TryParse(File.ReadAllText(PidFileOf(path)), CultureInfo.InvariantCulture, out var pid) ? pid : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public string At(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        File.Delete(PidFileOf(Path));
        _lock.Dispose();
    }

    private static void RequireOwn(string path)
    {
        var owner = FileSystem.OwnerOf(path);
        if (owner != FileSystem.EffectiveUserId)
        {
            throw new StoreException(string.Create(CultureInfo.InvariantCulture,
                $"The state directory {path} belongs to user {owner}, and this process runs as user {FileSystem.EffectiveUserId}. Run as its owner, or choose another with --state."));
        }
    }

    private static FileStream TakeLock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly };
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), options);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            var holder = HolderOf(path) is { } pid ? string.Create(CultureInfo.InvariantCulture, $" (process {pid})") : "";
            throw new StoreException($"Another Nines{holder} uses the state directory {path}. Stop it with 'nines down', or choose another directory with --state.", e);
        }
    }

    // Apart from the lock, which nobody else can open while it is held.
    private static string PidFileOf(string path) => System.IO.Path.Combine(path, "pid");
}
