using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Reports;
using Nines.Host.Volumes;

namespace Nines.Host.Transfers;

/// <summary>
/// Brings disks out of buckets and into them, and says of each how far it is. What an earlier life of the agent did not finish begins again: a
/// disk is whole at its place, or not there.
/// </summary>
internal sealed partial class TransferReconciler(ITransfers imports, ITransfers exports, DiskCopies work, ObservationLog observations, ILogger<TransferReconciler> logger)
{
    /// <summary>How many disks are written at a time; the others wait their turn.</summary>
    private const int MaxAtOnce = 2;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, TransferStatus> _statuses = new(StringComparer.Ordinal);
    private readonly HashSet<string> _begun = new(StringComparer.Ordinal);

    /// <summary>Takes every transfer to its next state.</summary>
    /// <returns>Whether none is under way, and whether files may have become superfluous.</returns>
    public async Task<(bool IsSettled, bool Collects)> ApplyAsync(ImmutableDictionary<string, TransferSpec> desired, CancellationToken cancellationToken)
    {
        var (settled, collects) = (true, false);
        foreach (var spec in desired.Values.OrderBy(spec => spec.Id, StringComparer.Ordinal))
        {
            if (StateOf(spec.Id) is not (TransferState.Gone or TransferState.Failed or TransferState.Ready) || (spec.Presence is Presence.Absent && StateOf(spec.Id) is not TransferState.Gone))
            {
                collects |= spec is { Presence: Presence.Absent, IsExport: false };
                settled &= spec.Presence is Presence.Absent ? await EndAsync(spec) : await AdvanceAsync(spec, cancellationToken);
            }
        }

        Forget(desired);
        return (settled, collects);
    }

    /// <summary>Removes what is under way of all of them.</summary>
    public void Purge(ImmutableDictionary<string, TransferSpec> desired)
    {
        foreach (var spec in desired.Values.Where(spec => Of(spec).Find(spec) is null))
        {
            EndOrphan(spec);
            Of(spec).Remove(spec);
        }
    }

    private ITransfers Of(TransferSpec spec) => spec.IsExport ? exports : imports;

    private TransferState? StateOf(string id)
    {
        lock (_lock)
        {
            return _statuses.GetValueOrDefault(id)?.State;
        }
    }

    private async Task<bool> EndAsync(TransferSpec spec)
    {
        try
        {
            await work.AbandonAsync(spec.Id);
            _begun.Remove(spec.Id);
            EndOrphan(spec);
            Of(spec).Remove(spec);
            Publish(new TransferStatus(spec.Id, TransferState.Gone));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.TransferFailed(exception, spec.Id);
            return false;
        }
    }

    private async Task<bool> AdvanceAsync(TransferSpec spec, CancellationToken cancellationToken)
    {
        try
        {
            if (!_begun.Contains(spec.Id))
            {
                if (Of(spec).Find(spec) is { } done)
                {
                    Publish(done);
                    return true;
                }

                if (spec.DiskKey is { Failure: { } failure })
                {
                    throw new ImageException(failure);
                }

                if (spec.DiskKey is { Secret: null } || _begun.Count >= MaxAtOnce)
                {
                    Publish(new TransferStatus(spec.Id, TransferState.Waiting));
                    return false;
                }

                EndOrphan(spec);
                _begun.Add(spec.Id);
            }

            if (!await work.IsDoneAsync(spec.Id, token => Of(spec).WriteAsync(spec, Report, token)))
            {
                return false;
            }

            await Of(spec).KeepAsync(spec, cancellationToken);
            _begun.Remove(spec.Id);
            Publish(Of(spec).Find(spec) ?? throw new InvalidDataException($"What {spec.Id} made is gone."));
            logger.Transferred(spec.Id, spec.Bucket, spec.Key);
            return true;
        }
        catch (Exception exception) when (exception is ImageException or HostCommandException or IOException or UnauthorizedAccessException or InvalidDataException)
        {
            logger.TransferFailed(exception, spec.Id);
            _begun.Remove(spec.Id);
            return Fail(spec, Folders().Replace(DiskOpener.Reason(exception), ""));
        }
    }

    /// <returns>Whether nothing is left of it.</returns>
    private bool Fail(TransferSpec spec, string reason)
    {
        try
        {
            Of(spec).Remove(spec);
            Publish(new TransferStatus(spec.Id, TransferState.Failed, 0, reason));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            logger.TransferFailed(exception, spec.Id);
            return false;
        }
    }

    /// <summary>A program that an earlier life of the agent had write the same file, and that outlived it.</summary>
    private void EndOrphan(TransferSpec spec)
    {
        if (Of(spec).DraftOf(spec) is { } draft)
        {
            OrphanedConversions.End(draft);
        }
    }

    /// <summary>How far a transfer is that is under way; what comes late of one that is over says nothing.</summary>
    private void Report(TransferStatus status)
    {
        lock (_lock)
        {
            if (_statuses.GetValueOrDefault(status.Id)?.State is null or TransferState.Waiting or TransferState.Validating or TransferState.Converting)
            {
                Publish(status);
            }
        }
    }

    private void Publish(TransferStatus status)
    {
        lock (_lock)
        {
            _statuses[status.Id] = status;
            observations.Publish(status);
        }
    }

    private void Forget(ImmutableDictionary<string, TransferSpec> desired)
    {
        lock (_lock)
        {
            foreach (var id in _statuses.Keys.Where(id => !desired.ContainsKey(id)).ToList())
            {
                _statuses.Remove(id);
                observations.Forget(ObservationKind.Transfer, id);
            }
        }
    }

    /// <summary>Where things lie on this machine is no user's business.</summary>
    [GeneratedRegex("/[^\\s':]*/")]
    private static partial Regex Folders();
}
