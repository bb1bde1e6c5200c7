namespace Nines.Control.Services.Ec2.InstanceTypes;

/// <summary>A shape that instances can have: what a launch and the scheduler need to know of it. EC2's whole description is made from the same data.</summary>
internal sealed record InstanceType
{
    /// <summary>The name, <c>t3.micro</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Virtual processors.</summary>
    public required int VCpus { get; init; }

    /// <summary>Virtual processors per core: 1 or 2.</summary>
    public required int ThreadsPerCore { get; init; }

    /// <summary>Memory in MiB.</summary>
    public required int MemoryMiB { get; init; }

    /// <summary>Whether it earns CPU credits and may burst above its baseline.</summary>
    public required bool IsBurstable { get; init; }

    /// <summary>Processor time that it may use without end, in percent of one processor, all virtual processors together.</summary>
    public required int CpuBaselinePercent { get; init; }

    /// <summary><c>xen</c> or <c>nitro</c>, as AWS says; decides what a guest is told, not what runs it.</summary>
    public required string Hypervisor { get; init; }

    /// <summary>Whether its machines can have a TPM.</summary>
    public bool HasTpm => Hypervisor == Api.Ec2.InstanceTypeHypervisor.Nitro;

    /// <summary>Processors that it can stand for: <c>x86_64</c>, for some also <c>i386</c>.</summary>
    public required IReadOnlyList<string> Architectures { get; init; }

    /// <summary>The most network interfaces.</summary>
    public required int MaximumNetworkInterfaces { get; init; }

    /// <summary>The most private IPv4 addresses of one interface.</summary>
    public required int Ipv4AddressesPerInterface { get; init; }

    /// <summary>Everything that DescribeInstanceTypes says of it.</summary>
    public required Api.Ec2.InstanceTypeInfo Description { get; init; }
}
