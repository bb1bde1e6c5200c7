using System.Diagnostics;
using System.Globalization;

namespace Nines.Control.Store;

/// <summary>
/// The directory that a cloud keeps everything in, held by one process at a time: the lock is the kernel's (flock(2)) and ends with
/// the process however it ends.
/// </summary>
internal sealed class StateDirectory : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>How long a killed process is waited for.</summary>
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly FileStream _lock;

    private StateDirectory(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    public string StorePath => At("store.db");

    /// <summary>
    /// Makes the directory if need be (mode 0700) and takes it. A process that was killed a moment ago may hold the lock still, by a thread
    /// that ends after its first one or by a child that has not become its program yet; it is waited for.
    /// </summary>
    /// <exception cref="StoreException">It is another user's, cannot be written, or another process holds it.</exception>
    public static async Task<StateDirectory> OpenAsync(string path, CancellationToken cancellationToken)
    {
        path = System.IO.Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
            RequireOwn(path);
            var started = Stopwatch.GetTimestamp();
            FileStream? held;
            while ((held = TryTakeLock(path)) is null)
            {
                if (HolderOf(path) is not { } holder || IsRunning(holder) || Stopwatch.GetElapsedTime(started) > EndTimeout)
                    throw HeldByAnother(path);
                await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
            }

            await File.WriteAllTextAsync(PidFileOf(path), Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n", cancellationToken);
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

    /// <summary>The lock; null when another process has it.</summary>
    private static FileStream? TryTakeLock(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, UnixCreateMode = OwnerOnly };
        try
        {
            return new FileStream(System.IO.Path.Combine(path, "lock"), options);
        }
        catch (IOException e) when (e is not (FileNotFoundException or DirectoryNotFoundException))
        {
            return null;
        }
    }

    private static StoreException HeldByAnother(string path)
    {
        var holder = HolderOf(path) is { } pid ? string.Create(CultureInfo.InvariantCulture, $" (process {pid})") : "";
        return new StoreException($"Another Nines{holder} uses the state directory {path}. Stop it with 'nines down', or choose another directory with --state.");
    }

    /// <summary>Whether a process runs a program: one that was killed has no memory, and so no arguments, while it closes its files.</summary>
    private static bool IsRunning(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cmdline").Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Apart from the lock, which nobody else can open while it is held.
    private static string PidFileOf(string path) => System.IO.Path.Combine(path, "pid");
}
