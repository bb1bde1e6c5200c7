namespace Nines.Host.Vms.Qmp;

/// <summary>What a block node is.</summary>
/// <param name="VirtualSize">What the guest sees of it, in bytes.</param>
/// <param name="ActualSize">What it takes on the host's disk, in bytes.</param>
internal sealed record BlockImage(long VirtualSize, long ActualSize = 0);
