using System.Collections.Immutable;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Mirrors;

/// <summary>The jobs that make copies of disks that are written to.</summary>
internal static class MirrorJobs
{
    private static readonly TimeSpan EndTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    /// <summary>The job that copies a volume; <see langword="null"/> when there is none.</summary>
    public static async Task<JobInfo?> FindAsync(QmpClient monitor, string volumeId, CancellationToken cancellationToken) =>
        (await monitor.ExecuteAsync<QueryJobs, ImmutableArray<JobInfo>>(new QueryJobs(), cancellationToken)).FirstOrDefault(job => job.Id == MirrorNodes.JobOf(volumeId));

    /// <summary>Ends a job and forgets it.</summary>
    /// <param name="force">Whether it ends at once, whatever is copied; else only one ends that has copied all.</param>
    /// <returns>Why it failed; <see langword="null"/> when it did not.</returns>
    /// <exception cref="QmpException">It does not end, or the monitor did not answer.</exception>
    public static async Task<string?> EndAsync(QmpClient monitor, string volumeId, bool force, TimeProvider time, CancellationToken cancellationToken)
    {
        var name = MirrorNodes.JobOf(volumeId);
        var started = time.GetTimestamp();
        var asked = false;
        while (await FindAsync(monitor, volumeId, cancellationToken) is { } job)
        {
            if (job.Status is "concluded")
            {
                await monitor.ExecuteAsync(new JobDismiss(name), cancellationToken);

                // What ends before it is asked to no longer copies what is written.
                return job.Error ?? (asked || force ? null : "it had ended before");
            }

            if (!asked)
            {
                asked = true;
                await monitor.ExecuteAsync(new BlockJobCancel(name, force), cancellationToken);
            }

            if (time.GetElapsedTime(started) > EndTimeout)
            {
                throw new QmpException(BlockJobCancel.Name, $"{name} did not end within {EndTimeout.TotalSeconds:0} s");
            }

            await Task.Delay(PollInterval, time, cancellationToken);
        }

        return null;
    }
}
