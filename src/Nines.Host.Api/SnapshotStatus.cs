namespace Nines.Host.Api;

/// <summary>What a host observes of one snapshot.</summary>
/// <param name="Id">The snapshot, <c>snap-…</c>.</param>
/// <param name="State">Whether volumes can be made of it.</param>
/// <param name="SizeGiB">Size of the volume when it was taken; 0 where that is not known.</param>
/// <param name="Message">What a user should read about it, or <see langword="null"/>.</param>
public sealed record SnapshotStatus(string Id, SnapshotState State, int SizeGiB, string? Message = null);
