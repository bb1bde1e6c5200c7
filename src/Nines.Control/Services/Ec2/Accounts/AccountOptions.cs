namespace Nines.Control.Services.Ec2.Accounts;

/// <summary>What a new account begins with.</summary>
internal sealed record AccountOptions
{
    /// <summary>The addresses of the default VPC; AWS's are the same in every account.</summary>
    public string DefaultVpcCidrBlock { get; init; } = "172.31.0.0/16";

    /// <summary>The size of its subnets, as a prefix length.</summary>
    public int DefaultSubnetPrefixLength { get; init; } = 20;
}
