namespace Nines.Host.Api;

/// <summary>What a host observes of one <see cref="FastLaunchSpec"/>.</summary>
/// <param name="ImageDigest">The image.</param>
/// <param name="Owner">Whose kept memory it is.</param>
/// <param name="InstanceType">The type.</param>
/// <param name="Readiness">How far it is.</param>
/// <param name="Message">What a user should read about it, or <see langword="null"/>.</param>
/// <param name="SnapshotId">The snapshot that root disks start as, or <see langword="null"/>.</param>
/// <param name="IsEnabled">Whether it was observed of what somebody asked for, which is made readier than the rest.</param>
public sealed record FastLaunchStatus(
    string ImageDigest, string Owner, string InstanceType, FastLaunchReadiness Readiness, string? Message = null, string? SnapshotId = null, bool IsEnabled = false)
{
    /// <summary>Whether it is what is observed of a specification.</summary>
    public bool IsOf(FastLaunchSpec spec) =>
        (ImageDigest, Owner, InstanceType, SnapshotId, IsEnabled) == (spec.ImageDigest, spec.Owner, spec.InstanceType, spec.SnapshotId, spec.IsEnabled);
}
