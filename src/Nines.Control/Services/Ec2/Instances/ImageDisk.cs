namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The root disk that an image gives to what is launched from it.</summary>
/// <param name="DeviceName">The name of the device.</param>
/// <param name="SnapshotId">The snapshot it stands for, or <see langword="null"/>.</param>
/// <param name="SizeGiB">The least size.</param>
/// <param name="VolumeType">The type unless the request names one.</param>
/// <param name="DeleteOnTermination">Whether it ends with its instance unless the request says otherwise.</param>
internal sealed record ImageDisk(string DeviceName, string? SnapshotId, int SizeGiB, string VolumeType, bool DeleteOnTermination = true);
