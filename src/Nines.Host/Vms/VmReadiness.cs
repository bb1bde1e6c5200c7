namespace Nines.Host.Vms;

/// <summary>Whether what a machine needs (disks, adapters, image) is there.</summary>
/// <param name="State">How it stands.</param>
/// <param name="Message">What is missing or broken.</param>
internal sealed record VmReadiness(VmReadinessState State, string? Message = null)
{
    /// <summary>Everything is there.</summary>
    public static readonly VmReadiness Ready = new(VmReadinessState.Ready);
}
