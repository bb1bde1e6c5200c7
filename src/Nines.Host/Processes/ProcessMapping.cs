namespace Nines.Host.Processes;

/// <summary>A piece of a process's memory (proc_pid_maps(5), proc_pid_smaps(5)).</summary>
/// <param name="Start">Where it begins.</param>
/// <param name="Length">How long it is, in bytes.</param>
/// <param name="Permissions">Such as <c>rw-p</c>.</param>
/// <param name="Offset">Where in its file it begins.</param>
/// <param name="File">What is mapped there, or nothing.</param>
/// <param name="IsLeftOut">Whether a fork does not get it (madvise(2), MADV_DONTFORK).</param>
/// <param name="IsInHugePages">Whether it is to be given huge pages (MADV_HUGEPAGE).</param>
internal sealed record ProcessMapping(ulong Start, ulong Length, string Permissions, long Offset, string File, bool IsLeftOut, bool IsInHugePages)
{
    /// <summary>Whether it holds data that is the process's own.</summary>
    public bool IsOwnData => Permissions == "rw-p";

    /// <summary>Whether what one process writes there all others see that have it mapped.</summary>
    public bool IsWrittenTogether => Permissions[1] == 'w' && Permissions[3] == 's';
}
