using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>A machine's next step.</summary>
internal sealed record VmStep
{
    /// <summary>What to do.</summary>
    public VmAction Action { get; init; }

    /// <summary>What to report meanwhile.</summary>
    public required VmState State { get; init; }

    /// <summary>For <see cref="VmAction.PowerOff"/> and <see cref="VmAction.RecordEnd"/>: why the boot is over.</summary>
    public VmEndReason EndReason { get; init; }

    /// <summary>What a user should read about it, or <see langword="null"/>.</summary>
    public string? Message { get; init; }

    /// <summary>When to look again though nothing has changed, or <see langword="null"/> when only a change matters.</summary>
    public TimeSpan? CheckAfter { get; init; }
}
