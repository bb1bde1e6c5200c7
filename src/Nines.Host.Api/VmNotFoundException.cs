namespace Nines.Host.Api;

/// <summary>A host was asked about a machine that it does not have or that does not run.</summary>
public sealed class VmNotFoundException(string vmId) : Exception($"No machine {vmId} runs on this host.")
{
    /// <summary>The machine that was asked for.</summary>
    public string VmId { get; } = vmId;
}
