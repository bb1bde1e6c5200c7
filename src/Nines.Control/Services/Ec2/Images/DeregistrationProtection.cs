namespace Nines.Control.Services.Ec2.Images;

/// <summary>Whether an image can be deregistered (EC2 User Guide: Protect an AMI from deregistration).</summary>
internal enum DeregistrationProtection
{
    /// <summary>It can.</summary>
    Disabled,

    /// <summary>It cannot until the protection is taken away.</summary>
    Enabled,

    /// <summary>It cannot until a day after the protection was taken away.</summary>
    EnabledWithCooldown,
}
