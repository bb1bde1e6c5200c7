using System.Collections.Immutable;
using Nines.Host.Api;

namespace Nines.Host.Tests;

/// <summary>Desired states as tests need them.</summary>
internal static class Specs
{
    public static VmSpec Vm(string id = "i-0123456789abcdef0") => new()
    {
        Id = id,
        ImageDigest = "sha256-tiny",
        InstanceType = "t3.micro",
        Power = VmPower.Running,
        BootGeneration = 1,
        VCpus = 2,
        MemoryMiB = 1024,
        CpuLimitPercent = 20,
        Metadata = new InstanceMetadata
        {
            AccountId = "123456789012",
            Region = "us-east-1",
            AvailabilityZone = "us-east-1a",
            AvailabilityZoneId = "use1-az1",
            ImageId = "ami-1",
            ReservationId = "r-1",
            LaunchIndex = 0,
            LaunchTime = DateTimeOffset.UnixEpoch,
        },
    };

    public static HostState State(long generation, params VmSpec[] vms) => new()
    {
        Generation = generation,
        Vms = vms.ToImmutableDictionary(vm => vm.Id),
    };
}
