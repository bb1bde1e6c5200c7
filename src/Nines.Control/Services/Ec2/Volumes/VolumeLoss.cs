namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>That a volume's disk is lost and a copy of an earlier moment is left.</summary>
/// <param name="CopyOf">The moment.</param>
/// <param name="Since">When that was noticed.</param>
/// <param name="IsAccepted">Whether the volume shall go on from the copy, without what was written later.</param>
internal sealed record VolumeLoss(DateTimeOffset CopyOf, DateTimeOffset Since, bool IsAccepted);
