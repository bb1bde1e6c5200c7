namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>That an instance has a volume.</summary>
/// <param name="InstanceId">The instance, <c>i-…</c>.</param>
/// <param name="DeviceName">The name that the user gave the disk, such as <c>/dev/sdf</c>.</param>
/// <param name="DeleteOnTermination">Whether the volume ends with the instance.</param>
/// <param name="AttachTime">Since when.</param>
/// <param name="State">Whether the guest has it, is to get it or to lose it.</param>
internal sealed record VolumeAttachment(
    string InstanceId, string DeviceName, bool DeleteOnTermination, DateTimeOffset AttachTime, VolumeAttachmentState State = VolumeAttachmentState.Attached);
