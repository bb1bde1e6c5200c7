namespace Nines.Control.Services.Ec2.Instances;

/// <summary>An adapter that a launch asks for.</summary>
internal sealed record LaunchInterface
{
    /// <summary>0 for the primary adapter.</summary>
    public int DeviceIndex { get; init; }

    /// <summary>An interface that exists; with it nothing else is set but what happens at the end.</summary>
    public string? NetworkInterfaceId { get; init; }

    /// <summary>The subnet, or <see langword="null"/> for a default one.</summary>
    public string? SubnetId { get; init; }

    /// <summary>Security groups by id.</summary>
    public IReadOnlyList<string> GroupIds { get; init; } = [];

    /// <summary>Security groups of the default VPC by name.</summary>
    public IReadOnlyList<string> GroupNames { get; init; } = [];

    public string? PrivateIpAddress { get; init; }

    /// <summary>Private addresses after the primary one.</summary>
    public IReadOnlyList<string> SecondaryAddresses { get; init; } = [];

    /// <summary>How many more there are to be, of any.</summary>
    public int SecondaryAddressCount { get; init; }

    /// <summary>Whether it gets a public address; <see langword="null"/> for what the subnet says.</summary>
    public bool? AssociatePublicIpAddress { get; init; }

    public string Description { get; init; } = "";

    public bool DeleteOnTermination { get; init; } = true;
}
