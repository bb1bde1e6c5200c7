namespace Nines.Host.Images;

/// <summary>What a machine starts with.</summary>
public sealed record ImageBoot
{
    /// <summary>Which way.</summary>
    public required ImageBootMode Mode { get; init; }

    /// <summary>The kernel, a file beside the manifest (<c>-kernel</c>); only with <see cref="ImageBootMode.Kernel"/>.</summary>
    public string? Kernel { get; init; }

    /// <summary>The initial file system, a file beside the manifest (<c>-initrd</c>).</summary>
    public string? Initrd { get; init; }

    /// <summary>The kernel's command line (<c>-append</c>).</summary>
    public string? CommandLine { get; init; }
}
