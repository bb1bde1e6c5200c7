using Nines.Control.Services.Ec2.Instances;

namespace Nines.Control.Tests.Services.Ec2.Instances;

/// <summary>An instance for tests of pure functions.</summary>
internal static class SampleInstance
{
    public static readonly DateTimeOffset Launched = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static Instance In(InstanceState state, bool hasRun = true) => new()
    {
        AccountId = "123456789012",
        Id = "i-0123456789abcdef0",
        ReservationId = "r-0123456789abcdef0",
        ImageId = "ami-0123456789abcdef0",
        ImageDigest = "sha256:0",
        InstanceType = "t3.micro",
        VCpus = 2,
        MemoryMiB = 1024,
        VpcId = "vpc-0123456789abcdef0",
        SubnetId = "subnet-0123456789abcdef0",
        Zone = "us-east-1a",
        PrivateIpAddress = "172.31.0.4",
        HostId = "host-a",
        LaunchTime = Launched,
        State = state,
        StateSince = Launched,
        HasRun = hasRun,
        BootGeneration = 3,
        Power = state switch
        {
            InstanceState.Pending or InstanceState.Running => InstancePower.Running,
            InstanceState.Stopping or InstanceState.Stopped => InstancePower.Stopped,
            _ => InstancePower.Terminated,
        },
    };
}
