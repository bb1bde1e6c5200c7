namespace Nines.Host.Api;

/// <summary>A shape of machine that a host shall be able to launch from an image at once, from kept memory.</summary>
/// <param name="ImageDigest">The image.</param>
/// <param name="Owner">Whose kept memory it is: an account for a private image, any one word for an image that is everybody's.</param>
/// <param name="InstanceType">The type, such as <c>t3.micro</c>.</param>
/// <param name="VCpus">Its virtual processors.</param>
/// <param name="MemoryMiB">Its memory in MiB.</param>
/// <param name="SnapshotId">The snapshot of this host that root disks start as; <see langword="null"/>: they start as the image's own disk.</param>
/// <param name="IsEnabled">Whether somebody asked for it; else it is kept because anybody may launch it.</param>
public sealed record FastLaunchSpec(string ImageDigest, string Owner, string InstanceType, int VCpus, int MemoryMiB, string? SnapshotId = null, bool IsEnabled = false);
