namespace Nines.Control.Services.Ec2.NetworkInterfaces;

/// <summary>States of an attachment (EC2 API Reference: NetworkInterfaceAttachment); one that is over is no more.</summary>
internal enum InterfaceAttachmentState
{
    Attached,
    Attaching,
    Detaching,
}
