namespace Nines.Host.Vms;

/// <summary>The time between the two halves of a machine's reboot, when its guest is off and snapshots of its disks are taken.</summary>
internal sealed class RebootHold
{
    /// <summary>How long a reboot waits for snapshots that are to be taken meanwhile.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(1);

    private long _rebootGeneration;
    private DateTimeOffset? _since;

    /// <summary>The reboot that waits; 0: none does.</summary>
    public long RebootGeneration => Volatile.Read(ref _rebootGeneration);

    /// <summary>Waits, or goes on waiting.</summary>
    /// <param name="rebootGeneration">The reboot.</param>
    /// <param name="now">The time.</param>
    /// <param name="isNew">Whether it did not wait before.</param>
    /// <returns>Whether it waits; not when it has waited for too long.</returns>
    public bool Begin(long rebootGeneration, DateTimeOffset now, out bool isNew)
    {
        isNew = RebootGeneration != rebootGeneration;
        if (isNew)
        {
            _since = now;
            Volatile.Write(ref _rebootGeneration, rebootGeneration);
        }

        return now - _since <= s_deadline;
    }

    /// <summary>The reboot went on, or its machine is gone.</summary>
    public void End()
    {
        Volatile.Write(ref _rebootGeneration, 0);
        _since = null;
    }
}
