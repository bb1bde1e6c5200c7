namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>That an instance has a network interface.</summary>
/// <param name="Id">The attachment, <c>eni-attach-…</c>.</param>
/// <param name="InstanceId">The instance, <c>i-…</c>.</param>
/// <param name="DeviceIndex">0 for the primary interface.</param>
/// <param name="DeleteOnTermination">Whether the interface ends with the instance.</param>
/// <param name="AttachTime">Since when.</param>
/// <param name="State">Whether the guest has it, is to get it or to lose it.</param>
internal sealed record NetworkInterfaceAttachment(
    string Id, string InstanceId, int DeviceIndex, bool DeleteOnTermination, DateTimeOffset AttachTime, InterfaceAttachmentState State = InterfaceAttachmentState.Attached);
