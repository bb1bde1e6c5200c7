namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>States of a volume (EC2 API Reference: Volume).</summary>
internal enum VolumeState
{
    Creating,
    Available,
    InUse,
    Deleting,
    Error,
}
