namespace Nines.Host.Mirrors;

/// <summary>One of a mirrored disk's two copies.</summary>
internal enum MirrorCopy
{
    /// <summary>The volume's own file, among all others.</summary>
    First,

    /// <summary>The file in the folder for second copies, which is on another disk.</summary>
    Second,
}
