namespace Nines.Control.Admin;

/// <summary>A host as the operator sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Zone">Its availability zone.</param>
/// <param name="State">Whether it answers: <c>up</c>, <c>down</c>.</param>
/// <param name="Accelerator">What runs its guests: <c>kvm</c>, <c>tcg</c>, <c>simulated</c>.</param>
/// <param name="VCpus">Processors that it has.</param>
/// <param name="MemoryMiB">Memory that it has.</param>
/// <param name="Instances">Instances on it.</param>
internal sealed record HostStatus(string Id, string Zone, string State, string Accelerator, int VCpus, long MemoryMiB, int Instances)
{
    /// <summary>Virtual processors that its instances were promised.</summary>
    public long PromisedVCpus { get; init; }

    /// <summary>Memory that its instances were promised.</summary>
    public long PromisedMemoryMiB { get; init; }
}
