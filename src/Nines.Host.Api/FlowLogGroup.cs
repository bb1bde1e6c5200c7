using System.Text.RegularExpressions;

namespace Nines.Host.Api;

/// <summary>Names of log groups, which are folders of a host.</summary>
public static partial class FlowLogGroup
{
    /// <summary>The longest name (Amazon CloudWatch Logs API Reference: CreateLogGroup).</summary>
    public const int MaxLength = 512;

    private const int MaxSegmentLength = 200;

    /// <summary>Whether a name is one that AWS takes: letters, digits and some signs.</summary>
    public static bool IsName(string name) => name.Length <= MaxLength && Names().IsMatch(name);

    /// <summary>Whether a folder can have the name: between its slashes is always something, that is no way up and not too long.</summary>
    public static bool IsFolder(string name) => IsName(name)
        && (name[0] == '/' ? name[1..] : name).Split('/').All(segment => segment is not ("" or "." or "..") && segment.Length <= MaxSegmentLength);

    [GeneratedRegex(@"^[.\-_/#A-Za-z0-9]+\z")]
    private static partial Regex Names();
}
