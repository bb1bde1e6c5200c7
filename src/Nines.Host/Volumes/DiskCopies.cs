using System.Collections.Concurrent;

namespace Nines.Host.Volumes;

/// <summary>Copies of disks that are being written. They take as long as the disks are large, and nothing else waits for them.</summary>
/// <param name="onEnd">Is told when one is done or has failed.</param>
internal sealed class DiskCopies(Action onEnd)
{
    private readonly ConcurrentDictionary<string, Copy> _copies = new(StringComparer.Ordinal);

    /// <summary>Begins a copy unless it is under way.</summary>
    /// <returns>Whether it is done. What made it fail is thrown once; then it can begin again.</returns>
    public async Task<bool> IsDoneAsync(string id, Func<CancellationToken, Task> write)
    {
        if (!_copies.TryGetValue(id, out var copy))
        {
            copy = new Copy(write, onEnd);
            _copies[id] = copy;
        }

        if (!copy.Done.IsCompleted)
        {
            return false;
        }

        _copies.TryRemove(id, out _);
        copy.Stop.Dispose();
        await copy.Done;
        return true;
    }

    /// <summary>Gives a copy up, if it is under way; nobody writes to it any more when this returns.</summary>
    public async Task AbandonAsync(string id)
    {
        if (!_copies.TryRemove(id, out var copy))
        {
            return;
        }

        await copy.Stop.CancelAsync();
        await copy.Done.ContinueWith(_ => { }, TaskScheduler.Default);
        copy.Stop.Dispose();
    }

    /// <summary>Gives up all copies.</summary>
    public Task AbandonAllAsync() => Task.WhenAll(_copies.Keys.Select(AbandonAsync));

    private sealed class Copy
    {
        public Copy(Func<CancellationToken, Task> write, Action onEnd)
        {
            var cancellation = Stop.Token;
            Done = Task.Run(() => write(cancellation), CancellationToken.None);
            _ = Done.ContinueWith(_ => onEnd(), TaskScheduler.Default);
        }

        public CancellationTokenSource Stop { get; } = new();

        public Task Done { get; }
    }
}
