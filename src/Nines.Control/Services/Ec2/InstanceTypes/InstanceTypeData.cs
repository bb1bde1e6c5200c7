using Nines.Api.Ec2;

namespace Nines.Control.Services.Ec2.InstanceTypes;

/// <summary>Makes the catalogue from its two files: facts of each type, and facts that a whole family shares.</summary>
internal static class InstanceTypeData
{
    private const string Namespace = "Nines.Control.Services.Ec2.InstanceTypes.";
    private const double MegabitsPerMegabyte = 8;

    /// <summary>The types in the file's order.</summary>
    public static IEnumerable<InstanceType> Read()
    {
        var families = CsvRow.Read(Namespace + "instance-families.csv").ToDictionary(row => row["family"]);
        return CsvRow.Read(Namespace + "instance-types.csv").Select(row => Type(row, families[row["type"].Split('.')[0]]));
    }

    private static InstanceType Type(CsvRow type, CsvRow family)
    {
        var burstable = family.Bool("burstable");
        return new InstanceType
        {
            Name = type["type"],
            VCpus = type.Int("vcpus"),
            ThreadsPerCore = family.Int("threadsPerCore"),
            MemoryMiB = type.Int("memoryMiB"),
            IsBurstable = burstable,
            CpuBaselinePercent = burstable ? type.Int("cpuBaseline") : type.Int("vcpus") * 100,
            Hypervisor = family["hypervisor"],
            Architectures = type.Words("architectures"),
            MaximumNetworkInterfaces = type.Int("interfaces"),
            Ipv4AddressesPerInterface = type.Int("addressesPerInterface"),
            Description = Describe(type, family),
        };
    }

    private static InstanceTypeInfo Describe(CsvRow type, CsvRow family)
    {
        var nitro = family["hypervisor"] == InstanceTypeHypervisor.Nitro;
        var enclavesFrom = family.Int("enclavesFromVCpus");
        return new InstanceTypeInfo
        {
            InstanceType = type["type"],
            CurrentGeneration = true,
            FreeTierEligible = type.Bool("freeTier"),
            SupportedUsageClasses = ["on-demand", "spot"],
            SupportedRootDeviceTypes = ["ebs"],
            SupportedVirtualizationTypes = ["hvm"],
            BareMetal = false,
            Hypervisor = family["hypervisor"],
            ProcessorInfo = new ProcessorInfo
            {
                SupportedArchitectures = type.Words("architectures"),
                SustainedClockSpeedInGhz = type.Double("clockGhz"),
                Manufacturer = family["manufacturer"],
            },
            VCpuInfo = VCpus(type.Int("vcpus"), family.Int("threadsPerCore")),
            MemoryInfo = new MemoryInfo { SizeInMiB = type.Int("memoryMiB") },
            InstanceStorageSupported = false,
            EbsInfo = Ebs(type, nitro),
            NetworkInfo = Network(type, family, nitro),
            PlacementGroupInfo = new PlacementGroupInfo { SupportedStrategies = family.Words("placement") },
            HibernationSupported = true,
            BurstablePerformanceSupported = family.Bool("burstable"),
            DedicatedHostsSupported = family.Bool("dedicatedHosts"),
            AutoRecoverySupported = true,
            SupportedBootModes = nitro ? ["legacy-bios", "uefi"] : ["legacy-bios"],
            NitroEnclavesSupport = enclavesFrom > 0 && type.Int("vcpus") >= enclavesFrom ? "supported" : "unsupported",
            NitroTpmSupport = nitro ? "supported" : "unsupported",
            NitroTpmInfo = nitro ? new NitroTpmInfo { SupportedVersions = ["2.0"] } : null,
            PhcSupport = "unsupported",
        };
    }

    private static VCpuInfo VCpus(int count, int threadsPerCore) => new()
    {
        DefaultVCpus = count,
        DefaultCores = count / threadsPerCore,
        DefaultThreadsPerCore = threadsPerCore,
        ValidCores = threadsPerCore == 1 ? null : (count / threadsPerCore) switch
        {
            1 => [1],
            2 => [2],
            var cores => [.. Enumerable.Range(1, cores / 2).Select(number => number * 2)],
        },
        ValidThreadsPerCore = threadsPerCore == 1 ? null : [1, 2],
    };

    private static EbsInfo Ebs(CsvRow type, bool nitro) => new()
    {
        EbsOptimizedSupport = nitro ? "default" : "unsupported",
        EncryptionSupport = "supported",
        NvmeSupport = nitro ? "required" : "unsupported",
        EbsOptimizedInfo = !nitro ? null : new EbsOptimizedInfo
        {
            BaselineBandwidthInMbps = type.Int("ebsBaseline"),
            BaselineThroughputInMBps = type.Int("ebsBaseline") / MegabitsPerMegabyte,
            BaselineIops = type.Int("ebsBaselineIops"),
            MaximumBandwidthInMbps = type.Int("ebsMaximum"),
            MaximumThroughputInMBps = type.Int("ebsMaximum") / MegabitsPerMegabyte,
            MaximumIops = type.Int("ebsMaximumIops"),
        },
    };

    private static NetworkInfo Network(CsvRow type, CsvRow family, bool nitro) => new()
    {
        NetworkPerformance = type["networkPerformance"],
        MaximumNetworkInterfaces = type.Int("interfaces"),
        MaximumNetworkCards = 1,
        DefaultNetworkCardIndex = 0,
        NetworkCards =
        [
            new NetworkCardInfo
            {
                NetworkCardIndex = 0,
                NetworkPerformance = type["networkPerformance"],
                MaximumNetworkInterfaces = type.Int("interfaces"),
                BaselineBandwidthInGbps = type.Double("networkBaseline"),
                PeakBandwidthInGbps = type.Double("networkPeak"),
            },
        ],
        Ipv4AddressesPerInterface = type.Int("addressesPerInterface"),
        Ipv6AddressesPerInterface = type.Int("addressesPerInterface"),
        Ipv6Supported = true,
        EnaSupport = nitro ? "required" : "unsupported",
        EfaSupported = false,
        EncryptionInTransitSupported = family.Bool("encryptionInTransit"),
        EnaSrdSupported = false,
    };
}
