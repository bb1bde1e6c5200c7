namespace Nines.Control.Services.Ec2;

/// <summary>
/// How many networks and parts of networks an account may have. AWS's default quotas (source: "Amazon VPC quotas"), but for
/// the number of VPCs: AWS begins with five and raises it to hundreds when asked, and here there is nobody to ask.
/// </summary>
internal static class NetworkLimits
{
    /// <summary>VPCs in a region, and internet gateways.</summary>
    public const int MaxVpcs = 500;

    /// <summary>IPv4 blocks of a VPC.</summary>
    public const int MaxCidrBlocksPerVpc = 5;

    /// <summary>Subnets of a VPC.</summary>
    public const int MaxSubnetsPerVpc = 200;

    /// <summary>Route tables of a VPC, with the main one.</summary>
    public const int MaxRouteTablesPerVpc = 200;

    /// <summary>Routes of a table, without the local ones.</summary>
    public const int MaxRoutesPerTable = 500;

    /// <summary>Peerings of a VPC, with those that its owner waits for.</summary>
    public const int MaxPeeringsPerVpc = 50;

    /// <summary>Flow logs of one VPC, subnet or interface.</summary>
    public const int MaxFlowLogsPerResource = 2;

    /// <summary>Paths to analyse in a region.</summary>
    public const int MaxInsightsPaths = 100;

    /// <summary>Elastic addresses in a region.</summary>
    public const int MaxAddresses = 5;

    /// <summary>Access lists of a VPC.</summary>
    public const int MaxNetworkAclsPerVpc = 200;

    /// <summary>Rules of one direction in an access list, without the last one.</summary>
    public const int MaxNetworkAclEntries = 20;

    /// <summary>Network interfaces in a region.</summary>
    public const int MaxNetworkInterfaces = 5000;
}
