using Microsoft.Extensions.Logging;
using Nines.Host.Processes;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;

namespace Nines.Host.Mirrors;

/// <summary>Scrubs the mirrored disks of a machine, one at a time, in the background.</summary>
/// <param name="socketPath">A path for the hypervisor's socket.</param>
/// <param name="interval">From one scrub of a disk to the next.</param>
internal sealed class MachineScrubs(MirrorScrub scrub, string socketPath, TimeSpan interval, TimeProvider time, ILogger logger)
{
    /// <summary>The first comes sooner: it only learns what the disk holds, and the next ones can tell by it which copy is wrong.</summary>
    private readonly TimeSpan _firstAfter = interval / 24;

    private readonly Dictionary<string, ScrubMemory> _memories = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _due = new(StringComparer.Ordinal);
    private Running? _running;

    /// <summary>Whether a disk, which is whole, is to be looked at now.</summary>
    public bool IsDue(string volumeId)
    {
        _due.TryAdd(volumeId, After(_firstAfter));
        return _running is null ? time.GetTimestamp() >= _due[volumeId] : _running.VolumeId == volumeId && _running.Verdict.IsCompleted;
    }

    /// <summary>Whether a disk is being looked at.</summary>
    public bool IsRunning(string volumeId) => _running?.VolumeId == volumeId;

    /// <summary>Begins a scrub that is due, or takes what one that has ended says.</summary>
    /// <param name="first">The first copy's node, as it is now.</param>
    /// <returns>The copy that is to be made anew, with why; <see langword="null"/> when none is.</returns>
    public async Task<(MirrorCopy Bad, string Why)?> StepAsync(QmpClient monitor, string volumeId, string first)
    {
        if (_running is null)
        {
            var stop = new CancellationTokenSource();
            var memory = _memories.TryGetValue(volumeId, out var known) ? known : _memories[volumeId] = new ScrubMemory();
            _running = new Running(volumeId, first, stop, Task.Run(() => scrub.RunAsync(monitor, socketPath, volumeId, first, memory, stop.Token)));
            return null;
        }

        var ended = _running;
        _running = null;
        ended.Stop.Dispose();
        _due[volumeId] = After(interval);
        try
        {
            var verdict = await ended.Verdict;
            logger.Scrubbed(volumeId, verdict.Bytes >> 20, verdict.Places);
            if (verdict.Bad is { } bad && ended.First == first)
            {
                return (bad, verdict.IsKnown ? $"a scrub found {verdict.Places} damaged places" : $"a scrub found {verdict.Places} places where the copies differ");
            }
        }
        catch (Exception exception) when (exception is QmpException or HostCommandException or IOException or System.Net.Sockets.SocketException or OperationCanceledException or System.Text.Json.JsonException)
        {
            logger.NotScrubbed(volumeId, exception.Message);
        }

        return null;
    }

    /// <summary>A disk is not what it was: what was read of it says nothing any more.</summary>
    public async Task ForgetAsync(string volumeId)
    {
        _memories.Remove(volumeId);
        _due.Remove(volumeId);
        if (_running is { } running && running.VolumeId == volumeId)
        {
            _running = null;
            await running.Stop.CancelAsync();
            await running.Verdict.ContinueWith(_ => { }, TaskScheduler.Default);
            running.Stop.Dispose();
        }
    }

    /// <summary>Forgets every disk.</summary>
    public Task ForgetAsync() => KeepOnlyAsync([]);

    /// <summary>Forgets the disks that the machine has no more.</summary>
    public async Task KeepOnlyAsync(IEnumerable<string> volumeIds)
    {
        foreach (var id in _due.Keys.Except(volumeIds).ToList())
        {
            await ForgetAsync(id);
        }
    }

    private long After(TimeSpan wait) => time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);

    private sealed record Running(string VolumeId, string First, CancellationTokenSource Stop, Task<ScrubVerdict> Verdict);
}
