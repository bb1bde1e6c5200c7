namespace Nines.Control.Services.Ec2.Snapshots;

/// <summary>That a snapshot cannot be deleted for a time ("Amazon EBS snapshot lock", Amazon EBS User Guide).</summary>
/// <param name="Mode"><c>governance</c>: its owner can lift it; <c>compliance</c>: nobody can, once the cool-off period is over.</param>
/// <param name="CreatedOn">When it was locked.</param>
/// <param name="Start">What the duration is counted from.</param>
/// <param name="DurationDays">How long, in days.</param>
/// <param name="ExpiresOn">When it ends by itself.</param>
/// <param name="CoolOffHours">For how many hours a compliance lock can still be lifted or shortened; <see langword="null"/>: for none.</param>
internal sealed record SnapshotLock(string Mode, DateTimeOffset CreatedOn, DateTimeOffset Start, int DurationDays, DateTimeOffset ExpiresOn, int? CoolOffHours)
{
    /// <summary>When a compliance lock becomes final; <see langword="null"/> when it was from the start, and for others.</summary>
    public DateTimeOffset? CoolOffEnds => CoolOffHours is { } hours ? CreatedOn.AddHours(hours) : null;

    /// <summary>Whether it holds.</summary>
    public bool Holds(DateTimeOffset now) => now < ExpiresOn;

    /// <summary>Whether its owner may lift it or make it shorter.</summary>
    public bool CanBeLifted(DateTimeOffset now) => !Holds(now) || Mode == Api.Ec2.LockMode.Governance || now < CoolOffEnds;

    /// <summary>The state as EC2 names it.</summary>
    public string StateAt(DateTimeOffset now) =>
        !Holds(now) ? Api.Ec2.LockState.Expired
        : Mode == Api.Ec2.LockMode.Governance ? Api.Ec2.LockState.Governance
        : now < CoolOffEnds ? Api.Ec2.LockState.ComplianceCooloff
        : Api.Ec2.LockState.Compliance;
}
