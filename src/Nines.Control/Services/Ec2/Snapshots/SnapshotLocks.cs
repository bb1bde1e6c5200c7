using Nines.Api.Ec2;
using Nines.Control.Audit;
using Nines.Control.Gateway;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>Keeps snapshots from being deleted, by whomever.</summary>
internal sealed class SnapshotLocks(Cloud cloud, SnapshotCatalog catalog) : IOperations
{
    private const int LongestDays = 36500;
    private const int LongestCoolOffHours = 72;

    private static readonly FilterSet<(Snapshot Snapshot, string State)> s_filters = new FilterSet<(Snapshot Snapshot, string State)>().Add("lock-state", locked => locked.State);

    public void Map(OperationTable table)
    {
        table.On(Ec2Api.LockSnapshot, LockAsync, answersDryRun: true);
        table.On(Ec2Api.UnlockSnapshot, UnlockAsync, answersDryRun: true);
        table.On(Ec2Api.DescribeLockedSnapshots, DescribeAsync);
    }

    private async ValueTask<LockSnapshotResult> LockAsync(LockSnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<SnapshotId>(input.SnapshotId ?? throw Ec2Errors.MissingParameter("SnapshotId")).Value;
        var mode = input.LockMode is LockMode.Governance or LockMode.Compliance ? input.LockMode
            : throw (input.LockMode is null ? Ec2Errors.MissingParameter("LockMode") : Ec2Errors.InvalidValue("LockMode", input.LockMode, "Valid values: compliance, governance."));
        Check(input, mode, call.Now);
        var locked = await cloud.WriteAsync(
            call,
            transaction =>
            {
                var snapshot = catalog.DemandOwn(transaction, call.AccountId, id);
                var next = Next(snapshot.Lock is { } present && present.Holds(call.Now) ? present : null, input, mode, call.Now);
                call.AnswerDryRun();
                transaction.Put(Snapshot.Table, snapshot with { Lock = next });
                return next;
            },
            cancellationToken);
        return new LockSnapshotResult
        {
            SnapshotId = id,
            LockState = locked.StateAt(call.Now),
            LockDuration = locked.DurationDays,
            CoolOffPeriod = locked.CoolOffHours,
            CoolOffPeriodExpiresOn = locked.CoolOffEnds,
            LockCreatedOn = locked.CreatedOn,
            LockExpiresOn = locked.ExpiresOn,
            LockDurationStartTime = locked.Start,
        };
    }

    private async ValueTask<UnlockSnapshotResult> UnlockAsync(UnlockSnapshotRequest input, Call call, CancellationToken cancellationToken)
    {
        var id = ResourceId.Parse<SnapshotId>(input.SnapshotId ?? throw Ec2Errors.MissingParameter("SnapshotId")).Value;
        await cloud.WriteAsync(
            call,
            transaction =>
            {
                var snapshot = catalog.DemandOwn(transaction, call.AccountId, id);
                if (snapshot.Lock is not { } present)
                {
                    throw Ec2Errors.IncorrectState($"The snapshot '{id}' is not locked.");
                }

                if (!present.CanBeLifted(call.Now))
                {
                    throw SnapshotErrors.Locked(id, "Its lock is in compliance mode and cannot be lifted.");
                }

                call.AnswerDryRun();
                transaction.Put(Snapshot.Table, snapshot with { Lock = null });
            },
            cancellationToken);
        return new UnlockSnapshotResult { SnapshotId = id };
    }

    private ValueTask<DescribeLockedSnapshotsResult> DescribeAsync(DescribeLockedSnapshotsRequest input, Call call, CancellationToken cancellationToken)
    {
        var matches = s_filters.Compile(input.Filters);
        var page = PageRequest.Parse(PageLimits.Usual, input.MaxResults, input.NextToken, new PageScope("DescribeLockedSnapshots", call.AccountId, input.Filters));
        var snapshots = Lookup.Select<Snapshot, SnapshotId>(cloud, Snapshot.Table, call.AccountId, input.SnapshotIds, page.AfterKey)
            .Where(snapshot => snapshot is { Lock: not null, State: not SnapshotState.Deleting })
            .Select(snapshot => (Snapshot: snapshot, State: snapshot.Lock!.StateAt(call.Now)));
        var (items, next) = page.Take(snapshots.Where(matches), locked => locked.Snapshot.Id);
        return new(new DescribeLockedSnapshotsResult { Snapshots = [.. items.Select(locked => Describe(locked.Snapshot, locked.Snapshot.Lock!, locked.State))], NextToken = next });
    }

    private static LockedSnapshotsInfo Describe(Snapshot snapshot, SnapshotLock held, string state) => new()
    {
        OwnerId = snapshot.AccountId,
        SnapshotId = snapshot.Id,
        LockState = state,
        LockDuration = held.DurationDays,
        CoolOffPeriod = held.CoolOffHours,
        CoolOffPeriodExpiresOn = held.CoolOffEnds,
        LockCreatedOn = held.CreatedOn,
        LockDurationStartTime = held.Start,
        LockExpiresOn = held.ExpiresOn,
    };

    private static void Check(LockSnapshotRequest input, string mode, DateTimeOffset now)
    {
        if (input.LockDuration is null == input.ExpirationDate is null)
        {
            throw new Wire.AwsException("InvalidParameterCombination", "Specify either LockDuration or ExpirationDate.");
        }

        if (input.LockDuration is < 1 or > LongestDays)
        {
            throw Ec2Errors.InvalidValue("LockDuration", $"{input.LockDuration}", $"It must be from 1 to {LongestDays} days.");
        }

        if (input.ExpirationDate is { } end && (end < now.AddDays(1) || end > now.AddDays(LongestDays)))
        {
            throw Ec2Errors.InvalidValue("ExpirationDate", end.ToString("O"), $"It must be at least a day and at most {LongestDays} days from now.");
        }

        if (input.CoolOffPeriod is < 1 or > LongestCoolOffHours)
        {
            throw Ec2Errors.InvalidValue("CoolOffPeriod", $"{input.CoolOffPeriod}", $"It must be from 1 to {LongestCoolOffHours} hours.");
        }

        if (input.CoolOffPeriod is not null && mode == LockMode.Governance)
        {
            throw new Wire.AwsException("InvalidParameterCombination", "A CoolOffPeriod is for the compliance mode only.");
        }
    }

    /// <summary>The lock that a request makes; one that holds and cannot be lifted can only be made longer.</summary>
    private static SnapshotLock Next(SnapshotLock? present, LockSnapshotRequest input, string mode, DateTimeOffset now)
    {
        var end = input.ExpirationDate ?? now.AddDays(input.LockDuration!.Value);
        var days = input.LockDuration ?? (int)Math.Ceiling((end - now).TotalDays);
        if (present is null || present.CanBeLifted(now))
        {
            return new SnapshotLock(mode, present?.CreatedOn ?? now, now, days, end, input.CoolOffPeriod);
        }

        return mode == LockMode.Compliance && end >= present.ExpiresOn
            ? present with { Start = now, DurationDays = days, ExpiresOn = end }
            : throw SnapshotErrors.Locked(input.SnapshotId!, "Its lock is in compliance mode and can only be made longer.");
    }
}
