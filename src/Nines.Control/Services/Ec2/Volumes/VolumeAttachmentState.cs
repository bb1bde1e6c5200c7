namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>States of an attachment (EC2 API Reference: VolumeAttachment); one that is over is no more.</summary>
internal enum VolumeAttachmentState
{
    Attached,
    Attaching,
    Detaching,
}
