using System.Text.Json.Serialization;

namespace Nines.Control.Admin;

/// <summary>A server with what it was promised and what it takes.</summary>
/// <param name="Id">The instance id.</param>
/// <param name="InstanceType">Its type.</param>
/// <param name="State">AWS's name of its state.</param>
/// <param name="HostId">The host that it lies on, or <see langword="null"/>.</param>
/// <param name="VCpus">Virtual processors that it was promised.</param>
/// <param name="MemoryMiB">Memory that it was promised.</param>
internal sealed record ServerUsage(string Id, string InstanceType, string State, string? HostId, int VCpus, int MemoryMiB)
{
    /// <summary>Whether this boot began as a copy of kept memory; <see langword="null"/> while it does not run.</summary>
    public bool? FastLaunched { get; init; }

    /// <summary>Processor time of its hypervisor, or <see langword="null"/> when it was not measured.</summary>
    public double? ProcessorSeconds { get; init; }

    /// <summary>Memory that nothing else has.</summary>
    public long? OwnBytes { get; init; }

    /// <summary>Memory of files that others may have mapped too.</summary>
    public long? SharedBytes { get; init; }

    /// <summary>How it was launched, in words; empty while it does not run.</summary>
    [JsonIgnore]
    public string Launched => FastLaunched switch { true => "kept memory", false => "booted", null => "" };
}
