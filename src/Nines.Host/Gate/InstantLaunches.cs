using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Networks;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Gate;

/// <summary>
/// Launches by copies of kept guests: says what a machine can be a copy of, and keeps guests of what is asked for, one after the
/// other and only while nobody waits for a machine.
/// </summary>
internal sealed class InstantLaunches(
    GateKeys keys, GateKeeper keeper, KeptGuests guests, ZygoteMaker maker, Zygotes zygotes, ImageStore images, long unaskedZygoteBytes, Func<bool> isBusy,
    Action<FastLaunchSpec, FastLaunchStatus?> report, TimeProvider time, ILogger<InstantLaunches> logger)
    : IDisposable
{
    private static readonly TimeSpan BusyRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FailureRetry = TimeSpan.FromMinutes(10);

    /// <summary>A guest that never comes to the gate is not booted for that over and over.</summary>
    private static readonly TimeSpan MostFailureRetry = TimeSpan.FromDays(1);
    private static readonly TimeSpan SurpriseRetry = TimeSpan.FromSeconds(30);

    /// <summary>After this a guest is kept even though machines are being started: they would go on being started the slow way.</summary>
    private static readonly TimeSpan MostPatience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, GateKey> _wanted = new();
    private readonly ConcurrentDictionary<string, (long At, string Message, TimeSpan Retry)> _failed = new();
    private readonly ConcurrentDictionary<string, bool> _launched = new();
    private readonly ConcurrentDictionary<string, KeptGuest> _toFork = new();
    private readonly ConcurrentDictionary<string, long> _unforkable = new();

    /// <summary>Of these there was a zygote. One that made room for others is made again once somebody launches, not because somebody might.</summary>
    private readonly ConcurrentDictionary<string, bool> _forked = new();
    private readonly AsyncSignal _wake = new();
    private ImmutableArray<FastLaunchSpec> _asked = [];
    private CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    /// <summary>The kept guest that a machine's root disk is to be made for; <see langword="null"/>: the image's disk, and a boot.</summary>
    /// <param name="snapshotId">The snapshot that its root disk starts as, or <see langword="null"/>.</param>
    public async Task<string?> KeptForAsync(VmSpec spec, string? snapshotId, CancellationToken cancellationToken)
    {
        if (await keys.OfAsync(spec, snapshotId, cancellationToken) is not { } key)
        {
            return null;
        }

        if (guests.Has(key.Id))
        {
            return key.Id;
        }

        // Many an image of a server is launched once. One that is launched again is worth the boot.
        if (key.Snapshot is null || !_launched.TryAdd(key.Id, true))
        {
            Want(key);
        }

        return null;
    }

    /// <summary>What a machine's first start is a copy of; <see langword="null"/>: it boots.</summary>
    /// <param name="tag">The keeping of a guest that its root disk was made for.</param>
    public async Task<KeptGuest?> FindAsync(VmSpec spec, string tag, CancellationToken cancellationToken) =>
        await guests.LoadAsync(KeptGuest.IdOf(tag)) is { } kept && kept.Tag == tag
        && await keys.OfAsync(spec, kept.Record.Key.SnapshotId, cancellationToken) is { } key && key.Id == kept.Id ? kept : null;

    /// <summary>What a copy of a kept guest can be forked of; when there is none, there will be one for the next.</summary>
    public Zygote? ZygoteOf(KeptGuest kept)
    {
        if (!ZygoteMaker.CanBeOf(kept.Record.Key))
        {
            return null;
        }

        if (_unforkable.TryGetValue(kept.Tag, out var failed))
        {
            if (time.GetElapsedTime(failed) < FailureRetry)
            {
                return null;
            }

            _unforkable.TryRemove(kept.Tag, out _);
        }

        var zygote = zygotes.Find(kept, () => _unforkable[kept.Tag] = time.GetTimestamp());
        if (zygote is null && !_unforkable.ContainsKey(kept.Tag))
        {
            _toFork[kept.Id] = kept;
            _wake.Set();
        }

        return zygote;
    }

    /// <summary>Asks for kept guests before the first machine needs them.</summary>
    public void Want(ImmutableArray<FastLaunchSpec> specs)
    {
        if (!specs.AsSpan().SequenceEqual(_asked.AsSpan()))
        {
            foreach (var dropped in _asked.Except(specs))
            {
                report(dropped, null);
            }

            // Who asks anew has mended what was wrong, or wants to see.
            _failed.Clear();
            _asked = specs;
            _wake.Set();
        }
    }

    /// <summary>Begins, or goes on, to keep what is wanted.</summary>
    public void Resume()
    {
        _stop.Dispose();
        _stop = new();
        _loop = Task.Run(() => RunAsync(_stop.Token), CancellationToken.None);
    }

    /// <summary>Stops keeping; a guest that is on its way to the gate is given up.</summary>
    public async Task PauseAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        zygotes.Clear();
        _toFork.Clear();
        _forked.Clear();
        _unforkable.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        foreach (var spec in _asked)
        {
            if (await keys.OfAsync(spec, cancellationToken) is not { } key)
            {
                Report(spec, FastLaunchReadiness.Failed, "The image has no gate, or is not on this host.");
                continue;
            }

            // Loaded before anybody waits for it.
            if (guests.Has(key.Id) && await guests.LoadAsync(key.Id) is { } kept)
            {
                if ((spec.IsEnabled || kept.Record.StoredBytes <= unaskedZygoteBytes) && !_forked.ContainsKey(kept.Tag) && ZygoteOf(kept) is null && _toFork.ContainsKey(kept.Id))
                {
                    Report(spec, FastLaunchReadiness.Preparing);
                    continue;
                }

                Report(spec, FastLaunchReadiness.Ready);
            }
            else
            {
                Want(key);
                var failure = _failed.TryGetValue(key.Id, out var failed) ? failed.Message : null;
                Report(spec, failure is null ? FastLaunchReadiness.Preparing : FastLaunchReadiness.Failed, failure);
            }
        }
    }

    private void Report(FastLaunchSpec spec, FastLaunchReadiness readiness, string? message = null) =>
        report(spec, new FastLaunchStatus(spec.ImageDigest, spec.Owner, spec.InstanceType, readiness, message, spec.SnapshotId, spec.IsEnabled));

    /// <summary>What a machine is told at the gate.</summary>
    public Func<byte[]> DocumentOf(VmSpec spec, VpcSpec vpc)
    {
        var model = VpcModel.Parse(vpc with { Interfaces = vpc.Interfaces.Where(adapter => adapter.Key == spec.Interfaces[0].Id).ToImmutableDictionary() });
        return () => IdentityDocument.Render(spec, model, model.Adapters[0], time.GetUtcNow(), RandomNumberGenerator.GetBytes(IdentityDocument.EntropyBytes));
    }

    /// <summary>Keeps what is wanted until it is paused.</summary>
    private async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await keeper.RecoverAsync(cancellationToken);
                guests.RemoveStaged();
                guests.RemoveOrphans(digest => images.FindByDigest(digest) is not null);
                await KeepAllAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.KeepingFailed(exception, SurpriseRetry.TotalSeconds);
                await Task.Delay(SurpriseRetry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task KeepAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await AskAsync(cancellationToken);
            foreach (var gone in _wanted.Values.Where(key => key.IsOrphan))
            {
                _wanted.TryRemove(gone.Id, out _);
            }

            // A zygote is a matter of seconds, the smallest guest's of the fewest; to keep a guest is to boot it. It waits for nobody: it makes the launches cheaper that keep the machine busy.
            if (_toFork.Values.MinBy(kept => kept.Record.StoredBytes) is { } toFork)
            {
                await MakeZygoteAsync(toFork, cancellationToken);
                continue;
            }

            // What anybody may launch before what is one account's, whose guest may never come to the gate.
            if (_wanted.Values.Where(IsDue).MinBy(key => key.Snapshot is null ? 0 : 1) is not { } key)
            {
                await _wake.WaitAsync(_wanted.IsEmpty ? Timeout.InfiniteTimeSpan : FailureRetry, time, cancellationToken);
                continue;
            }

            await WaitUntilQuietAsync(cancellationToken);
            await KeepAsync(key, cancellationToken);
        }
    }

    private void Want(GateKey key)
    {
        if (_wanted.TryAdd(key.Id, key))
        {
            _wake.Set();
        }
    }

    private bool IsDue(GateKey key) => !_failed.TryGetValue(key.Id, out var failed) || time.GetElapsedTime(failed.At) >= failed.Retry;

    private async Task WaitUntilQuietAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        while (isBusy() && time.GetElapsedTime(started) < MostPatience)
        {
            await Task.Delay(BusyRetry, time, cancellationToken);
        }
    }

    private async Task MakeZygoteAsync(KeptGuest kept, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            if (zygotes.Find(kept) is null && guests.Has(kept.Id) && images.FindByDigest(kept.Record.Key.ImageDigest) is { } image)
            {
                _forked[kept.Tag] = true;
                zygotes.Add(await maker.MakeAsync(kept, image, cancellationToken));
                if (!guests.Has(kept.Id))
                {
                    // Removed meanwhile, with its snapshot perhaps: nothing of it may stay.
                    zygotes.Remove(kept.Id);
                }

                logger.ZygoteMade(kept.Id, image.Manifest.Name, kept.Record.Key.InstanceType, time.GetElapsedTime(started).TotalSeconds);
            }
        }
        catch (Exception exception) when (exception is VmStartException or HostCommandException or IOException or UnauthorizedAccessException)
        {
            // Its copies are restored from what is kept.
            _unforkable[kept.Tag] = time.GetTimestamp();
            logger.ZygoteNotMade(exception, kept.Id);
        }
        finally
        {
            _toFork.TryRemove(kept.Id, out _);
        }
    }

    private async Task KeepAsync(GateKey key, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            if (!guests.Has(key.Id) && images.FindByDigest(key.ImageDigest) is { } image)
            {
                await keeper.KeepAsync(key, image, cancellationToken);
                logger.GuestKept(key.Id, image.Manifest.Name, key.InstanceType, time.GetElapsedTime(started).TotalSeconds);
            }

            _wanted.TryRemove(key.Id, out _);
            _failed.TryRemove(key.Id, out _);
            guests.RemoveOrphans(digest => images.FindByDigest(digest) is not null); // its snapshot may have gone meanwhile
            await guests.LoadAsync(key.Id);
        }
        catch (Exception exception) when (exception is VmStartException or HostCommandException or IOException or UnauthorizedAccessException)
        {
            var retry = key.Snapshot is not null && exception is VmStartException && _failed.TryGetValue(key.Id, out var failed) ? failed.Retry * 2 : FailureRetry;
            _failed[key.Id] = (time.GetTimestamp(), exception.Message, retry < MostFailureRetry ? retry : MostFailureRetry);
            logger.GuestNotKept(exception, key.InstanceType, key.ImageDigest);
        }
    }
}
