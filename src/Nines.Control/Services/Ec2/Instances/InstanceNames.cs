namespace Nines.Control.Services.Ec2.Instances;

/// <summary>The DNS names that AWS gives instances (VPC User Guide: DNS attributes for your VPC).</summary>
internal static class InstanceNames
{
    /// <summary>The host name that follows from a private address: <c>ip-172-31-16-4</c>.</summary>
    public static string HostName(string privateIpAddress) => $"ip-{Dashed(privateIpAddress)}";

    /// <summary>The host name of an instance at an address of its primary adapter.</summary>
    public static string HostName(Instance instance, string privateIpAddress) => instance.NameOptions is { IsResourceName: true } ? instance.Id : HostName(privateIpAddress);

    /// <summary>The domain of private names in a region.</summary>
    public static string PrivateDomain(string region) => region == "us-east-1" ? "ec2.internal" : $"{region}.compute.internal";

    /// <summary>The private name: <c>ip-172-31-16-4.ec2.internal</c>.</summary>
    public static string PrivateDnsName(string privateIpAddress, string region) => $"{HostName(privateIpAddress)}.{PrivateDomain(region)}";

    /// <summary>The public name: <c>ec2-198-18-0-4.compute-1.amazonaws.com</c>.</summary>
    public static string PublicDnsName(string publicIpAddress, string region) =>
        $"ec2-{Dashed(publicIpAddress)}.{(region == "us-east-1" ? "compute-1" : $"{region}.compute")}.amazonaws.com";

    private static string Dashed(string address) => address.Replace('.', '-');
}
