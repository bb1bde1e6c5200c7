namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>AWS's default quotas of security groups (source: "Amazon VPC quotas").</summary>
internal static class SecurityGroupLimits
{
    /// <summary>Rules of one direction in a group.</summary>
    public const int MaxRulesPerDirection = 60;

    /// <summary>Groups in a region.</summary>
    public const int MaxGroups = 2500;

    /// <summary>Characters in a group's name, and in its description.</summary>
    public const int MaxTextLength = 255;
}
