namespace Nines;

/// <summary>Exit codes of the program; <c>run</c> and <c>ssh</c> with a command pass that command's code on. Numbers from 64 are sysexits.h's.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>It was tried and failed; the error line says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 64;

    /// <summary>Something that is needed is not there: no cloud runs, a package is missing, no such server.</summary>
    public const int Unavailable = 69;

    /// <summary>A defect of Nines.</summary>
    public const int Internal = 70;

    /// <summary>Not allowed: another user's directory, not root.</summary>
    public const int NoPermission = 77;

    /// <summary>Ended by Ctrl-C, as shells report it.</summary>
    public const int Interrupted = 130;
}
