namespace Nines.Control.Store.Sqlite;

/// <summary>Something to do within a group: executed before the fsync, answered after it.</summary>
internal abstract class SqliteWork
{
    public abstract void Execute(SqliteWriter writer);

    public abstract void Complete();

    public abstract void Fail(Exception reason);
}

/// <inheritdoc/>
internal sealed class SqliteWork<TResult>(Func<SqliteWriter, TResult> execute, Action<TResult>? afterwards = null) : SqliteWork
{
    // The writer must not run the caller's code.
    private readonly TaskCompletionSource<TResult> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;
    private StoreException? _refusal;

    /// <summary>The answer. Giving up the wait does not take the work back.</summary>
    public Task<TResult> WaitAsync(CancellationToken cancellationToken) => _done.WaitAsync(cancellationToken);

    public override void Execute(SqliteWriter writer)
    {
        try
        {
            _refusal = null;
            _result = execute(writer);
        }
        catch (LeaseNotFoundException e)
        {
            // Refused before anything was written: the rest of the group goes on.
            _refusal = e;
        }
    }

    public override void Complete()
    {
        if (_refusal is not null)
        {
            _done.TrySetException(_refusal);
            return;
        }
        afterwards?.Invoke(_result!);
        _done.TrySetResult(_result!);
    }

    public override void Fail(Exception reason) => _done.TrySetException(reason);
}
