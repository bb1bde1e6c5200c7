namespace Nines.Host.Api;

/// <summary>A volume as a machine sees it.</summary>
/// <param name="VolumeId">Which of the host's volumes.</param>
/// <param name="DeviceName">The name a user gave it, such as <c>/dev/xvda</c>.</param>
public sealed record VmDisk(string VolumeId, string DeviceName);
