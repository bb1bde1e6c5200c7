namespace Nines.Control.Admin;

/// <summary>Joins two streams: what comes out of one goes into the other, both ways, until either ends.</summary>
internal static class DuplexCopy
{
    /// <param name="one">One stream.</param>
    /// <param name="other">The other.</param>
    /// <param name="ending">Ends it from outside; cancelled and disposed of here when a stream ends.</param>
    public static async Task RunAsync(Stream one, Stream other, CancellationTokenSource ending)
    {
        using (ending)
        {
            var forth = CopyAsync(one, other, ending.Token);
            var back = CopyAsync(other, one, ending.Token);
            await Task.WhenAny(forth, back);
            await ending.CancelAsync();
            await Task.WhenAll(forth, back);
        }
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        try
        {
            while (await from.ReadAsync(buffer, cancellationToken) is > 0 and var length)
            {
                await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
                await to.FlushAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Either end may go at any time; that is how a console ends.
        }
    }
}
