using System.Globalization;
using Nines.Host.Processes;

namespace Nines.Host.Vms;

/// <summary>A command that outlives the agent.</summary>
internal static class DetachedCommand
{
    /// <summary>Number of the descriptor that the program finds its file at.</summary>
    public const int FileDescriptor = 9;

    /// <summary>
    /// Becomes the program without a fork, so that the number it notes is the program's: notes the number, turns its
    /// output to the log, opens the file that it is given, joins the control groups, and gives way to the rest of its arguments.
    /// </summary>
    private const string Script =
        """echo $$ >"$1"; exec >>"$2" 2>&1 </dev/null; [ -z "$3" ] || exec 9<>"$3"; shift 3; while [ "$1" != -- ]; do echo $$ >"$1" || exit 125; shift; done; shift; exec "$@" """;

    /// <summary>The command; it is over when the program has been started.</summary>
    /// <param name="pidFile">Where the program's number is noted.</param>
    /// <param name="log">What the program says is appended to it.</param>
    /// <param name="joins">Files of control groups to join.</param>
    /// <param name="words">The program and its arguments.</param>
    /// <param name="file">A file to open for it, or <see langword="null"/>.</param>
    public static HostCommand Of(string pidFile, string log, IReadOnlyList<string> joins, IReadOnlyList<string> words, string? file = null) =>
        new("setsid", ["--fork", "sh", "-c", Script, "nines-launch", pidFile, log, file ?? "", .. joins, "--", .. words]);

    /// <summary>The number that was noted, or <see langword="null"/>.</summary>
    public static int? ReadPid(string pidFile) =>
        File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), NumberStyles.None | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var pid) ? pid : null;
}
