using Nines.Api.Ec2;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What an instance is called in its network (EC2 User Guide: Amazon EC2 instance hostname types).</summary>
/// <param name="IsResourceName">Whether its host name is its id; else it follows from its address.</param>
/// <param name="ResourceNameRecord">Whether its id has an address in the network's DNS.</param>
internal sealed record PrivateNameOptions(bool IsResourceName, bool ResourceNameRecord)
{
    /// <summary>What an instance gets that asks for nothing.</summary>
    public static readonly PrivateNameOptions Default = new(false, false);

    private const string IpName = "ip-name";
    private const string ResourceName = "resource-name";

    /// <summary>These with what a request says otherwise.</summary>
    /// <exception cref="Nines.Wire.AwsException">What EC2 answers.</exception>
    public PrivateNameOptions With(string? hostNameType, bool? record, bool? ipv6Record)
    {
        if (ipv6Record == true)
        {
            throw Ec2Errors.NoIpv6();
        }

        return new PrivateNameOptions(
            hostNameType switch
            {
                null => IsResourceName,
                IpName => false,
                ResourceName => true,
                _ => throw Ec2Errors.InvalidValue("hostnameType", hostNameType, "Valid values are ip-name and resource-name."),
            },
            record ?? ResourceNameRecord);
    }

    /// <summary>As answers show them.</summary>
    public PrivateDnsNameOptionsResponse Describe() => new()
    {
        HostnameType = IsResourceName ? ResourceName : IpName,
        EnableResourceNameDnsARecord = ResourceNameRecord,
        EnableResourceNameDnsAAAARecord = false,
    };
}
