namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What else changes in the transaction that takes an instance one step on.</summary>
[Flags]
internal enum InstanceEffects
{
    None = 0,

    /// <summary>Public addresses of the pool go back to it.</summary>
    ReleasePublicAddresses = 1,

    /// <summary>Adapters and disks that end with the instance are deleted, the others become free.</summary>
    ReleaseDevices = 2,

    /// <summary>The instance itself is deleted: no client sees it any more.</summary>
    Forget = 4,
}
