namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The primary adapter that a launch asks for.</summary>
internal sealed record LaunchInterface
{
    /// <summary>An interface that exists and becomes the primary one; with it nothing else is set but what happens at the end.</summary>
    public string? NetworkInterfaceId { get; init; }

    /// <summary>The subnet, or <see langword="null"/> for a default one.</summary>
    public string? SubnetId { get; init; }

    /// <summary>Security groups by id.</summary>
    public IReadOnlyList<string> GroupIds { get; init; } = [];

    /// <summary>Security groups of the default VPC by name.</summary>
    public IReadOnlyList<string> GroupNames { get; init; } = [];

    public string? PrivateIpAddress { get; init; }

    /// <summary>Whether it gets a public address; <see langword="null"/> for what the subnet says.</summary>
    public bool? AssociatePublicIpAddress { get; init; }

    public string Description { get; init; } = "";

    public bool DeleteOnTermination { get; init; } = true;
}
