using System.Collections.Immutable;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.NetworkInterfaces;
using Nines.Control.Services.Ec2.Query;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Reads what a launch asks of its adapters, whether beside the instance or as network interfaces: pure.</summary>
internal static class LaunchInterfaces
{
    /// <summary>The most security groups of one interface.</summary>
    public const int MaximumGroups = 5;

    /// <summary>The adapters in the order of their device index.</summary>
    /// <exception cref="AwsException">What EC2 answers.</exception>
    public static ImmutableArray<LaunchInterface> Parse(RunInstancesRequest input)
    {
        ImmutableArray<LaunchInterface> parsed = input.NetworkInterfaces is { Count: > 0 } specifications ? ParseSpecifications(input, specifications) :
        [
            new LaunchInterface
            {
                SubnetId = input.SubnetId is null ? null : ResourceId.Parse<SubnetId>(input.SubnetId).Value,
                GroupIds = ParseGroups(input.SecurityGroupIds),
                GroupNames = [.. (input.SecurityGroups ?? []).Distinct()],
                PrivateIpAddress = input.PrivateIpAddress,
            },
        ];
        foreach (var adapter in parsed)
        {
            Check(adapter, input);
        }

        return parsed;
    }

    private static void Check(LaunchInterface adapter, RunInstancesRequest input)
    {
        if (adapter is { SubnetId: not null, GroupNames.Count: > 0 })
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter groupName cannot be used with the parameter subnet");
        }

        if ((adapter.PrivateIpAddress is not null || adapter.SecondaryAddresses.Count > 0) && input.MaxCount > 1)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter privateIpAddress cannot be used when launching more than one instance");
        }

        if (adapter.NetworkInterfaceId is not null && input.MaxCount > 1)
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter networkInterfaceId cannot be used when launching more than one instance");
        }

        if (adapter.GroupIds.Count + adapter.GroupNames.Count > MaximumGroups)
        {
            throw TooManyGroups();
        }
    }

    /// <summary>An interface would be in more groups than it may.</summary>
    public static AwsException TooManyGroups() =>
        new("SecurityGroupsPerInterfaceLimitExceeded", $"The maximum number of security groups per interface has been reached. Limit: {MaximumGroups}");

    /// <summary>Ids of groups, each once.</summary>
    public static IReadOnlyList<string> ParseGroups(IReadOnlyList<string>? ids) => [.. ResourceId.ParseAll<SecurityGroupId>(ids).Select(id => id.Value)];

    private static ImmutableArray<LaunchInterface> ParseSpecifications(RunInstancesRequest input, IReadOnlyList<InstanceNetworkInterfaceSpecification> specifications)
    {
        RefuseBoth(input.SubnetId is not null, "subnet ID");
        RefuseBoth(input.SecurityGroupIds is { Count: > 0 } || input.SecurityGroups is { Count: > 0 }, "security groups");
        RefuseBoth(input.PrivateIpAddress is not null, "private address");
        if (specifications.Any(specification => specification.DeviceIndex is null && (specification.NetworkInterfaceId is null || specifications.Count > 1)))
        {
            throw Ec2Errors.InvalidParameterValue("Each network interface requires a device index.");
        }

        if (specifications.GroupBy(specification => specification.DeviceIndex).Any(same => same.Count() > 1))
        {
            throw Ec2Errors.InvalidParameterValue("Each network interface requires a unique device index.");
        }

        if (specifications.All(specification => (specification.DeviceIndex ?? 0) != 0))
        {
            throw Ec2Errors.InvalidParameterValue("When specifying network interfaces, you must include a device at index 0.");
        }

        if (specifications.Any(specification => specification.DeviceIndex is < 0))
        {
            throw Ec2Errors.InvalidParameterValue("The device index of a network interface must not be negative.");
        }

        if (specifications.Count > 1 && specifications.Any(specification => specification.AssociatePublicIpAddress is not null))
        {
            throw Ec2Errors.InvalidParameterCombination("The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces.");
        }

        return [.. specifications.Select(Read).OrderBy(adapter => adapter.DeviceIndex)];
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
                DeviceIndex = specification.DeviceIndex ?? 0,
                NetworkInterfaceId = ResourceId.Parse<NetworkInterfaceId>(existing).Value,
                DeleteOnTermination = specification.DeleteOnTermination ?? false,
            };
        }

        RefuseUnsupported(specification);
        if (specification.PrivateIpAddress is not null && specification.PrivateIpAddresses is { Count: > 0 })
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter privateIpAddress cannot be used with the parameter privateIpAddresses");
        }

        // One address alone is the primary one, whether it says so or not.
        var only = specification.PrivateIpAddresses is [{ PrivateIpAddress: { } address }] ? address : null;
        var addressing = InterfaceAddressing.Parse(
            specification.PrivateIpAddress ?? only, only is null ? specification.PrivateIpAddresses : null, specification.SecondaryPrivateIpAddressCount);
        return new LaunchInterface
        {
            DeviceIndex = specification.DeviceIndex ?? 0,
            SubnetId = specification.SubnetId is null ? null : ResourceId.Parse<SubnetId>(specification.SubnetId).Value,
            GroupIds = ParseGroups(specification.Groups),
            PrivateIpAddress = addressing.Primary,
            SecondaryAddresses = addressing.Secondary,
            SecondaryAddressCount = addressing.Count,
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
