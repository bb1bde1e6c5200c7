namespace Nines.Control.Services.Ec2.Images;

/// <summary>States of an image (EC2 API Reference: Image).</summary>
internal enum ImageState
{
    /// <summary>Can be launched.</summary>
    Available,

    /// <summary>Its snapshots are being taken.</summary>
    Pending,

    /// <summary>One of its snapshots could not be taken.</summary>
    Failed,

    /// <summary>Its owner has put it away: nobody launches it, and nobody else sees it.</summary>
    Disabled,
}
