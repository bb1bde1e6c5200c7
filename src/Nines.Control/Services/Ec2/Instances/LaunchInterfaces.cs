using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Reads what a launch asks of its primary adapter, whether beside the instance or as a network interface: pure.</summary>
internal static class LaunchInterfaces
{
    /// <summary>The most security groups of one interface.</summary>
    public const int MaximumGroups = 5;

    /// <exception cref="AwsException">What EC2 answers.</exception>
    public static LaunchInterface Parse(RunInstancesRequest input)
    {
        var parsed = input.NetworkInterfaces is { Count: > 0 } specifications ? ParseSpecification(input, specifications) : new LaunchInterface
        {
            SubnetId = input.SubnetId is null ? null : ResourceId.Parse<SubnetId>(input.SubnetId).Value,
            GroupIds = ParseGroups(input.SecurityGroupIds),
            GroupNames = [.. (input.SecurityGroups ?? []).Distinct()],
            PrivateIpAddress = input.PrivateIpAddress,
        };
        if (parsed is { SubnetId: not null, GroupNames.Count: > 0 })
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter groupName cannot be used with the parameter subnet");
        }

        if (parsed.PrivateIpAddress is not null && input.MaxCount > 1)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter privateIpAddress cannot be used when launching more than one instance");
        }

        if (parsed.NetworkInterfaceId is not null && input.MaxCount > 1)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter networkInterfaceId cannot be used when launching more than one instance");
        }

        return parsed.GroupIds.Count + parsed.GroupNames.Count <= MaximumGroups ? parsed : throw TooManyGroups();
    }

    /// <summary>An interface would be in more groups than it may.</summary>
    public static AwsException TooManyGroups() =>
        new("SecurityGroupsPerInterfaceLimitExceeded", $"The maximum number of security groups per interface has been reached. Limit: {MaximumGroups}");

    /// <summary>Ids of groups, each once.</summary>
    public static IReadOnlyList<string> ParseGroups(IReadOnlyList<string>? ids) => [.. ResourceId.ParseAll<SecurityGroupId>(ids).Select(id => id.Value)];

    private static LaunchInterface ParseSpecification(RunInstancesRequest input, IReadOnlyList<InstanceNetworkInterfaceSpecification> specifications)
    {
        RefuseBoth(input.SubnetId is not null, "subnet ID");
        RefuseBoth(input.SecurityGroupIds is { Count: > 0 } || input.SecurityGroups is { Count: > 0 }, "security groups");
        RefuseBoth(input.PrivateIpAddress is not null, "private address");
        if (specifications.Any(specification => specification.DeviceIndex is null && specification.NetworkInterfaceId is null))
        {
            throw Ec2Errors.InvalidParameterValue("Each network interface requires a device index.");
        }

        if (specifications.GroupBy(specification => specification.DeviceIndex).Any(same => same.Count() > 1))
        {
            throw Ec2Errors.InvalidParameterValue("Each network interface requires a unique device index.");
        }

        if (specifications.All(specification => specification.DeviceIndex != 0))
        {
            throw Ec2Errors.InvalidParameterValue("When specifying network interfaces, you must include a device at index 0.");
        }

        if (specifications.Count > 1)
        {
            throw new AwsException("AttachmentLimitExceeded", $"Interface count {specifications.Count} exceeds the limit of 1 for {input.InstanceType ?? "this instance type"}");
        }

        return Read(specifications[0]);
    }

    private static LaunchInterface Read(InstanceNetworkInterfaceSpecification specification)
    {
        if (specification.NetworkInterfaceId is { } existing)
        {
            if (specification.SubnetId is not null || specification.Groups is { Count: > 0 } || specification.PrivateIpAddress is not null
                || specification.PrivateIpAddresses is { Count: > 0 } || specification.AssociatePublicIpAddress is not null || specification.Description is not null)
            {
                throw Ec2Errors.InvalidParameterCombination("A network interface that exists cannot be used with attributes of a new one.");
            }

            return new LaunchInterface
            {
                NetworkInterfaceId = ResourceId.Parse<NetworkInterfaceId>(existing).Value,
                DeleteOnTermination = specification.DeleteOnTermination ?? false,
            };
        }

        RefuseUnsupported(specification);
        var addresses = specification.PrivateIpAddresses ?? [];
        if (addresses.Count > 1 || specification.SecondaryPrivateIpAddressCount is > 0)
        {
            throw Ec2Errors.Unsupported("Network interfaces have one private address.");
        }

        if (specification.PrivateIpAddress is not null && addresses.Count > 0)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter privateIpAddress cannot be used with the parameter privateIpAddresses");
        }

        return new LaunchInterface
        {
            SubnetId = specification.SubnetId is null ? null : ResourceId.Parse<SubnetId>(specification.SubnetId).Value,
            GroupIds = ParseGroups(specification.Groups),
            PrivateIpAddress = specification.PrivateIpAddress ?? (addresses is [var only] ? only.PrivateIpAddress : null),
            AssociatePublicIpAddress = specification.AssociatePublicIpAddress,
            Description = specification.Description ?? "",
            DeleteOnTermination = specification.DeleteOnTermination ?? true,
        };
    }

    private static void RefuseUnsupported(InstanceNetworkInterfaceSpecification specification)
    {
        if (specification.Ipv6AddressCount is > 0 || specification.Ipv6Addresses is { Count: > 0 } || specification.Ipv6PrefixCount is > 0
            || specification.Ipv6Prefixes is { Count: > 0 } || specification.PrimaryIpv6 == true)
        {
            throw Ec2Errors.NoIpv6();
        }

        if (specification.Ipv4PrefixCount is > 0 || specification.Ipv4Prefixes is { Count: > 0 })
        {
            throw Ec2Errors.Unsupported("The networks of this cloud delegate no prefixes.");
        }

        if (specification.InterfaceType is not (null or "interface") || specification.AssociateCarrierIpAddress == true || specification.NetworkCardIndex is > 0)
        {
            throw Ec2Errors.Unsupported("The network interface must be of type 'interface' on network card 0.");
        }
    }

    private static void RefuseBoth(bool given, string what)
    {
        if (given)
        {
            throw Ec2Errors.InvalidParameterCombination($"Network interfaces and an instance-level {what} may not be specified on the same request");
        }
    }
}
