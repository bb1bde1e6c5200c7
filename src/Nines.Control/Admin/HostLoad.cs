namespace Nines.Control.Admin;

/// <summary>How full a host is: what it promised to servers, and what is really in use.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Cpus">Processors that it has.</param>
/// <param name="MemoryMiB">Memory that it has.</param>
/// <param name="PromisedVCpus">Virtual processors that its servers were promised.</param>
/// <param name="PromisedMemoryMiB">Memory that its servers were promised.</param>
/// <param name="CapacityVCpus">Virtual processors that it may promise.</param>
/// <param name="CapacityMemoryMiB">Memory that it may promise.</param>
internal sealed record HostLoad(
    string Id, int Cpus, long MemoryMiB, long PromisedVCpus, long PromisedMemoryMiB, long CapacityVCpus, long CapacityMemoryMiB)
{
    /// <summary>When it was measured, by its own clock; <see langword="null"/> when it did not answer.</summary>
    public DateTimeOffset? MeasuredAt { get; init; }

    /// <summary>Processor time that everything on it took since it started.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Memory that could be used without taking any away.</summary>
    public long AvailableBytes { get; init; }

    /// <summary>How many guests it keeps.</summary>
    public int KeptGuests { get; init; }

    /// <summary>Memory of kept guests that is loaded.</summary>
    public long KeptMemoryBytes { get; init; }

    /// <summary>What kept guests take on its disk.</summary>
    public long KeptDiskBytes { get; init; }
}
