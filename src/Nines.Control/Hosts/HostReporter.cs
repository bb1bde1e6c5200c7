using Microsoft.Extensions.Logging;
using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>Listens to one host without end and takes in what it observes. A report counts as read only when all it led to is durable.</summary>
internal sealed class HostReporter(HostLink link, HostObservations observations, Action<string> wake, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_wait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_firstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_lastRetry = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long sequence = 0;
        var retry = s_firstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var report = await link.Host.ReportAsync(sequence, s_wait, cancellationToken);
                await TakeAsync(report, cancellationToken);
                sequence = report.Sequence;
                retry = s_firstRetry;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.HostNotHeard(e, link.Id, retry.TotalSeconds);
                await Task.Delay(retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                retry = TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, s_lastRetry.Ticks));
            }
        }
    }

    private async Task TakeAsync(HostReport report, CancellationToken cancellationToken)
    {
        // A host that has forgotten what it was told, or the secrets among it, is told again.
        if ((report.AcceptedGeneration == 0 || report.MissesSecrets) && link.WasTold)
        {
            logger.HostForgot(link.Id);
            link.Forget();
            wake(link.Id);
        }

        await observations.TakeAsync(link.Id, report, cancellationToken);
    }
}
