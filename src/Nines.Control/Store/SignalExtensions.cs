namespace Nines.Control.Store;

/// <summary>
/// Waits for a signal that nobody else waits for. Unlike <see cref="Task.WaitAsync(CancellationToken)"/> this never takes the way
/// over the thread pool: who waits goes on where it waited, which a deterministic simulation needs.
/// </summary>
internal static class SignalExtensions
{
    public static async Task WaitAsync(this TaskCompletionSource signal, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), signal))
            await signal.Task;
    }

    public static async Task<T> WaitAsync<T>(this TaskCompletionSource<T> signal, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(static (state, token) => ((TaskCompletionSource<T>)state!).TrySetCanceled(token), signal))
            return await signal.Task;
    }
}
