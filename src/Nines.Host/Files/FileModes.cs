namespace Nines.Host.Files;

/// <summary>Permissions of the host's files and folders.</summary>
internal static class FileModes
{
    /// <summary>The owner reads and writes, nobody else anything.</summary>
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>A folder that everybody may pass and only its owner list and change.</summary>
    public const UnixFileMode Passable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>A file that its owner reads, and its group.</summary>
    public const UnixFileMode GroupReadable = UnixFileMode.UserRead | UnixFileMode.GroupRead;
}
