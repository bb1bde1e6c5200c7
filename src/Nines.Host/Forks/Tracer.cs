using System.Collections.Concurrent;

namespace Nines.Host.Forks;

/// <summary>The thread that traces one process and all that is made of it: the kernel lets no other. When it ends, what it still traces ends with it.</summary>
internal sealed class Tracer : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;

    public Tracer()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "tracer" };
        _thread.Start();
    }

    /// <summary>Does work on the thread, in the order in which it was asked for.</summary>
    /// <exception cref="ObjectDisposedException">The thread is asked to end.</exception>
    public Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _work.Add(() =>
            {
                try
                {
                    done.SetResult(work());
                }
                catch (Exception exception)
                {
                    done.SetException(exception);
                }
            });
        }
        catch (InvalidOperationException)
        {
            throw new ObjectDisposedException(nameof(Tracer));
        }

        return done.Task;
    }

    /// <summary>Ends the thread once it has done what it was asked for, and what it traces.</summary>
    public void Dispose()
    {
        if (!_work.IsAddingCompleted)
        {
            _work.CompleteAdding();
        }
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }
    }
}
