using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.DedicatedHosts;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>Refuses what AWS offers for a launch and this cloud does not, so that nobody believes to have it: pure.</summary>
internal static class LaunchRefusals
{
    /// <exception cref="AwsException">The code that AWS has for a thing that does not exist, or <c>UnsupportedOperation</c>.</exception>
    public static void Check(RunInstancesRequest input)
    {
        CheckPlacement(input.Placement);
        foreach (var (asked, what) in Features(input))
        {
            if (asked)
            {
                throw Ec2Errors.Unsupported($"{what} not available in this cloud.");
            }
        }
    }

    private static IEnumerable<(bool Asked, string What)> Features(RunInstancesRequest input) =>
    [
        (input.Ipv6AddressCount is > 0 || input.Ipv6Addresses is { Count: > 0 } || input.EnablePrimaryIpv6 == true, "IPv6 addresses are"),
        (!string.IsNullOrEmpty(input.KernelId), "Kernels of their own are"),
        (!string.IsNullOrEmpty(input.RamdiskId), "RAM disks are"),
        (input.ElasticGpuSpecification is { Count: > 0 }, "Elastic GPUs are"),
        (input.ElasticInferenceAccelerators is { Count: > 0 }, "Elastic inference accelerators are"),
        (input.InstanceMarketOptions?.MarketType is not null, "Spot instances and capacity blocks are"),
        (input.EnclaveOptions?.Enabled == true, "Nitro Enclaves are"),
        (input.LicenseSpecifications is { Count: > 0 }, "License configurations are"),
        (input.CpuOptions?.AmdSevSnp == "enabled", "AMD SEV-SNP is"),
    ];

    private static void CheckPlacement(Placement? placement)
    {
        if (placement is null)
        {
            return;
        }

        if (placement.PartitionNumber is not null && string.IsNullOrEmpty(placement.GroupName) && string.IsNullOrEmpty(placement.GroupId))
        {
            throw Ec2Errors.InvalidParameterCombination("The parameter PartitionNumber can be used only with a placement group.");
        }

        DedicatedHostRules.Check(placement);
    }
}
