namespace Nines.Control.Admin;

/// <summary>A volume with how its copies stand.</summary>
/// <param name="Id">The volume id.</param>
/// <param name="VolumeType">Its type.</param>
/// <param name="SizeGiB">Its size.</param>
/// <param name="State">AWS's name of its state.</param>
/// <param name="InstanceId">The instance that has it, or <see langword="null"/>.</param>
/// <param name="Replication"><c>none</c>, <c>synchronous</c> or <c>asynchronous</c>.</param>
/// <param name="Copies">How its copies stand, in words; <see langword="null"/> when it has one and shall have no more.</param>
internal sealed record VolumeLine(string Id, string VolumeType, int SizeGiB, string State, string? InstanceId, string Replication, string? Copies)
{
    /// <summary>The moment whose disk its asynchronous copy is, or <see langword="null"/>.</summary>
    public DateTimeOffset? CopyOf { get; init; }

    /// <summary>How old its asynchronous copy is; 0 when nothing was written since.</summary>
    public double? LagSeconds { get; init; }
}
