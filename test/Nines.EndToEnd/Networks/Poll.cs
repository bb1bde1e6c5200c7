namespace Nines.EndToEnd.Networks;

/// <summary>Waits for a state.</summary>
internal static class Poll
{
    /// <summary>Looks until the condition holds; fails after ten seconds.</summary>
    public static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    /// <summary>Looks until the condition holds; fails after ten seconds.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (!await condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }
}
