using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.Snapshots;
using Nines.Control.Services.Ec2.Volumes;
using Nines.Control.Services.Kms;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>A disk that every instance of a launch gets.</summary>
/// <param name="DeviceName">The name of the device.</param>
/// <param name="Shape">What the volume is made as.</param>
/// <param name="Source">The snapshot that it starts as; <see langword="null"/>: it is empty.</param>
/// <param name="DeleteOnTermination">Whether it ends with its instance.</param>
/// <param name="Encryption">What the request, or the image, says of its encryption.</param>
internal sealed record LaunchDisk(string DeviceName, VolumeShape Shape, Snapshot? Source, bool DeleteOnTermination, EncryptionRequest Encryption)
{
    /// <summary>The key of KMS that it is to be under; <see langword="null"/>: it is not encrypted.</summary>
    public KmsKey? Key { get; init; }
}
