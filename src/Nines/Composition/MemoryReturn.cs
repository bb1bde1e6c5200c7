namespace Nines.Composition;

/// <summary>
/// Gives memory back after a burst of work. The collector keeps what a burst has used in case of the next one; a cloud that
/// lives beside its own guests has better use for it. Only a quiet cloud of a moderate size is collected whole, so that the
/// pause (a tenth of a second at most) meets nobody.
/// </summary>
internal static class MemoryReturn
{
    private const long BurstBytes = 64 << 20;
    private const long QuietBytes = 2 << 20;
    private const long LargestHeapBytes = 256 << 20;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>Runs until it is cancelled.</summary>
    public static async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        long collected = 0, before = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var allocated = GC.GetTotalAllocatedBytes();
                if (allocated - collected > BurstBytes && allocated - before < QuietBytes && GC.GetTotalMemory(forceFullCollection: false) < LargestHeapBytes)
                {
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                    collected = allocated;
                }

                before = allocated;
            }
        }
        catch (OperationCanceledException)
        {
            // The cloud ends.
        }
    }
}
