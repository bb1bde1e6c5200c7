using System.CommandLine;
using Nines.Composition;

namespace Nines.Commands;

/// <summary>Options that several verbs share.</summary>
internal static class CommonOptions
{
    /// <summary><c>--state DIR</c></summary>
    public static Option<string?> State() => new("--state")
    {
        Description = "Directory of the cloud's state (default: $NINES_STATE, else /var/lib/nines for root and ~/.local/state/nines for others).",
        HelpName = "DIR",
    };

    /// <summary>The state directory that was asked for.</summary>
    public static CloudPaths GetState(this ParseResult parsed, Option<string?> option) => CloudPaths.Resolve(parsed.GetValue(option));
}
