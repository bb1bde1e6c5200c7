namespace Nines.Control.Services.Ec2.Volumes;

/// <summary>What a volume is made as: checked, with the defaults of its type filled in.</summary>
/// <param name="VolumeType">AWS's type.</param>
/// <param name="SizeGiB">Its size.</param>
/// <param name="Iops">Operations per second, or <see langword="null"/> where the type has no such figure.</param>
/// <param name="ThroughputMiBps">Throughput; gp3 only.</param>
internal sealed record VolumeShape(string VolumeType, int SizeGiB, int? Iops, int? ThroughputMiBps);
