namespace Nines.Host.Processes;

/// <summary>What was done so far of a work of several steps. Unwinds in reverse unless the work was completed.</summary>
internal sealed class UndoStack : IAsyncDisposable
{
    private readonly Stack<Func<Task>> _undo = new();

    /// <summary>Remembers how to undo the step that was just done, or is about to be begun.</summary>
    public void Push(Func<Task> undo) => _undo.Push(undo);

    /// <summary>The work is complete: nothing will be undone.</summary>
    public void Complete() => _undo.Clear();

    /// <summary>Undoes everything; one failure does not keep the others from being undone.</summary>
    public async ValueTask DisposeAsync()
    {
        List<Exception>? failures = null;
        while (_undo.TryPop(out var undo))
        {
            try
            {
                await undo();
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(exception);
            }
        }

        if (failures is not null)
        {
            throw new AggregateException("Undoing an incomplete work failed.", failures);
        }
    }
}
