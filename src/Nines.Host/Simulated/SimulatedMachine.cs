using Nines.Host.Api;
using Nines.Host.Vms;

namespace Nines.Host.Simulated;

/// <summary>A machine that exists only in memory.</summary>
internal sealed class SimulatedMachine(string id)
{
    /// <summary>What an agent would keep on disk.</summary>
    public VmRecord Record { get; set; } = new() { Id = id };

    /// <summary>What an agent would find of its process.</summary>
    public GuestState Guest { get; set; }

    /// <summary>What was last reported.</summary>
    public VmStatus? Status { get; set; }

    /// <summary>What it was last asked to be when that was reported.</summary>
    public VmSpec? Answered { get; set; }

    /// <summary>When it has booted, or its guest has shut down; <see langword="null"/> when it is on its way to neither.</summary>
    public DateTimeOffset? DueAt { get; set; }

    /// <summary>Processor time that it claims to have used in this boot.</summary>
    public double ProcessorSeconds { get; set; }

    /// <summary>Whether the boot has not come to the point where the machine counts as running.</summary>
    public bool IsBooting { get; set; }
}
