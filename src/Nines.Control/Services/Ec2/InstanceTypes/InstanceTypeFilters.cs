using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;

namespace Nines.Control.Services.Ec2.InstanceTypes;

/// <summary>The filters of DescribeInstanceTypes.</summary>
internal static class InstanceTypeFilters
{
    /// <summary>All of them.</summary>
    public static readonly FilterSet<InstanceTypeInfo> All = new FilterSet<InstanceTypeInfo>()
        .Add("auto-recovery-supported", type => type.AutoRecoverySupported == true)
        .Add("bare-metal", type => type.BareMetal == true)
        .Add("burstable-performance-supported", type => type.BurstablePerformanceSupported == true)
        .Add("current-generation", type => type.CurrentGeneration == true)
        .Add("dedicated-hosts-supported", type => type.DedicatedHostsSupported == true)
        .Add("ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", type => Text(type.EbsInfo?.EbsOptimizedInfo?.BaselineBandwidthInMbps))
        .Add("ebs-info.ebs-optimized-info.baseline-iops", type => Text(type.EbsInfo?.EbsOptimizedInfo?.BaselineIops))
        .Add("ebs-info.ebs-optimized-info.baseline-throughput-in-mbps", type => Text(type.EbsInfo?.EbsOptimizedInfo?.BaselineThroughputInMBps))
        .Add("ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", type => Text(type.EbsInfo?.EbsOptimizedInfo?.MaximumBandwidthInMbps))
        .Add("ebs-info.ebs-optimized-info.maximum-iops", type => Text(type.EbsInfo?.EbsOptimizedInfo?.MaximumIops))
        .Add("ebs-info.ebs-optimized-info.maximum-throughput-in-mbps", type => Text(type.EbsInfo?.EbsOptimizedInfo?.MaximumThroughputInMBps))
        .Add("ebs-info.ebs-optimized-support", type => type.EbsInfo?.EbsOptimizedSupport)
        .Add("ebs-info.encryption-support", type => type.EbsInfo?.EncryptionSupport)
        .Add("ebs-info.nvme-support", type => type.EbsInfo?.NvmeSupport)
        .Add("free-tier-eligible", type => type.FreeTierEligible == true)
        .Add("hibernation-supported", type => type.HibernationSupported == true)
        .Add("hypervisor", type => type.Hypervisor)
        .AddNeverMatching(
            "instance-storage-info.disk.count",
            "instance-storage-info.disk.size-in-gb",
            "instance-storage-info.disk.type",
            "instance-storage-info.encryption-support",
            "instance-storage-info.nvme-support",
            "instance-storage-info.total-size-in-gb",
            "network-info.efa-info.maximum-efa-interfaces",
            "processor-info.supported-features")
        .Add("instance-storage-supported", type => type.InstanceStorageSupported == true)
        .Add("instance-type", type => type.InstanceType)
        .Add("memory-info.size-in-mib", type => Text(type.MemoryInfo?.SizeInMiB))
        .Add("network-info.efa-supported", type => type.NetworkInfo?.EfaSupported == true)
        .Add("network-info.ena-support", type => type.NetworkInfo?.EnaSupport)
        .Add("network-info.encryption-in-transit-supported", type => type.NetworkInfo?.EncryptionInTransitSupported == true)
        .Add("network-info.ipv4-addresses-per-interface", type => Text(type.NetworkInfo?.Ipv4AddressesPerInterface))
        .Add("network-info.ipv6-addresses-per-interface", type => Text(type.NetworkInfo?.Ipv6AddressesPerInterface))
        .Add("network-info.ipv6-supported", type => type.NetworkInfo?.Ipv6Supported == true)
        .Add("network-info.maximum-network-cards", type => Text(type.NetworkInfo?.MaximumNetworkCards))
        .Add("network-info.maximum-network-interfaces", type => Text(type.NetworkInfo?.MaximumNetworkInterfaces))
        .Add("network-info.network-performance", type => type.NetworkInfo?.NetworkPerformance)
        .Add("nitro-enclaves-support", type => type.NitroEnclavesSupport)
        .Add("nitro-tpm-support", type => type.NitroTpmSupport)
        .AddMany("nitro-tpm-info.supported-versions", type => type.NitroTpmInfo?.SupportedVersions ?? [])
        .AddMany("processor-info.supported-architecture", type => type.ProcessorInfo?.SupportedArchitectures ?? [])
        .Add("processor-info.sustained-clock-speed-in-ghz", type => Text(type.ProcessorInfo?.SustainedClockSpeedInGhz))
        .AddMany("supported-boot-mode", type => type.SupportedBootModes ?? [])
        .AddMany("supported-root-device-type", type => type.SupportedRootDeviceTypes ?? [])
        .AddMany("supported-usage-class", type => type.SupportedUsageClasses ?? [])
        .AddMany("supported-virtualization-type", type => type.SupportedVirtualizationTypes ?? [])
        .Add("vcpu-info.default-cores", type => Text(type.VCpuInfo?.DefaultCores))
        .Add("vcpu-info.default-threads-per-core", type => Text(type.VCpuInfo?.DefaultThreadsPerCore))
        .Add("vcpu-info.default-vcpus", type => Text(type.VCpuInfo?.DefaultVCpus))
        .AddMany("vcpu-info.valid-cores", type => type.VCpuInfo?.ValidCores?.Select(cores => Text(cores)) ?? [])
        .AddMany("vcpu-info.valid-threads-per-core", type => type.VCpuInfo?.ValidThreadsPerCore?.Select(threads => Text(threads)) ?? []);

    private static string? Text(double? number) => number?.ToString(CultureInfo.InvariantCulture);
}
