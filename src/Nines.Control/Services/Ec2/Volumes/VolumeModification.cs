namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>The newest change of a volume's size or performance.</summary>
/// <param name="Original">What it was.</param>
/// <param name="Target">What it becomes.</param>
/// <param name="StartTime">Since when.</param>
/// <param name="EndTime">When it was over; <see langword="null"/> while its host works on it.</param>
internal sealed record VolumeModification(VolumeShape Original, VolumeShape Target, DateTimeOffset StartTime, DateTimeOffset? EndTime);
