using System.Text.RegularExpressions;

namespace Codegen.Trim;

/// <summary>
/// The shape names and enumerations of one service, read from the package's TypeScript declarations
/// (<c>clients/&lt;service&gt;.d.ts</c>). The package's <c>.min.json</c> models have lost both.
/// </summary>
internal sealed partial class TypeScriptTypes
{
    private readonly Dictionary<string, Dictionary<string, string>> _interfaces = [];
    private readonly Dictionary<string, string> _aliases = [];
    private readonly Dictionary<string, (string? Input, string? Output)> _methods = [];

    /// <summary>Reads the declarations in <paramref name="path"/>.</summary>
    public static TypeScriptTypes Load(string path)
    {
        var types = new TypeScriptTypes();
        Dictionary<string, string>? open = null;
        foreach (var line in File.ReadLines(path))
        {
            if (open is not null && line == "  }")
            {
                open = null;
            }
            else if (open is not null && MemberLine().Match(line) is { Success: true } member)
            {
                open[member.Groups["name"].Value] = member.Groups["type"].Value;
            }
            else if (InterfaceLine().Match(line) is { Success: true } start)
            {
                open = types._interfaces[start.Groups["name"].Value] = [];
            }
            else if (AliasLine().Match(line) is { Success: true } alias)
            {
                types._aliases[alias.Groups["name"].Value] = alias.Groups["type"].Value;
            }
            else if (MethodLine().Match(line) is { Success: true } method)
            {
                types.AddMethod(method);
            }
        }

        return types;
    }

    /// <summary>The type names of an operation's input and output; null when it has none.</summary>
    public (string? Input, string? Output) Operation(string name) =>
        _methods.TryGetValue(char.ToLowerInvariant(name[0]) + name[1..], out var method) ? method : (null, null);

    /// <summary>The type of a structure's member, or null when the declarations do not have it.</summary>
    public string? Member(string type, string member) =>
        _interfaces.TryGetValue(type, out var members) ? members.GetValueOrDefault(member) : null;

    /// <summary>The item type of a list type.</summary>
    public string? ListItem(string type) =>
        _aliases.GetValueOrDefault(type) is { } target && target.EndsWith("[]", StringComparison.Ordinal) ? target[..^2] : null;

    /// <summary>The value type of a map type.</summary>
    public string? MapValue(string type) =>
        _aliases.GetValueOrDefault(type) is { } target && MapType().Match(target) is { Success: true } map ? map.Groups["value"].Value : null;

    /// <summary>The values of an enumeration type; null when the type is not one.</summary>
    public IReadOnlyList<string>? EnumValues(string type)
    {
        if (_aliases.GetValueOrDefault(type) is not { } target || !target.StartsWith('"'))
        {
            return null;
        }

        return [.. EnumValue().Matches(target).Select(match => match.Groups["value"].Value)];
    }

    private void AddMethod(Match method)
    {
        var input = method.Groups["input"] is { Success: true } type ? type.Value : null;
        var output = method.Groups["output"] is { Success: true } result ? result.Value : null;
        var name = method.Groups["name"].Value;
        if (!_methods.TryGetValue(name, out var known) || known.Input is null)
        {
            _methods[name] = (input, output ?? known.Output);
        }
    }

    [GeneratedRegex("""^    "?(?<name>[A-Za-z0-9_.\-]+)"?\??: (?<type>[A-Za-z0-9_]+);$""")]
    private static partial Regex MemberLine();

    [GeneratedRegex(@"^  export interface (?<name>\w+) \{$")]
    private static partial Regex InterfaceLine();

    [GeneratedRegex(@"^  export type (?<name>\w+) = (?<type>.*);$")]
    private static partial Regex AliasLine();

    [GeneratedRegex(@"^  (?<name>\w+)\((params: \w+\.Types\.(?<input>\w+), )?callback\?: .*\): Request<(\w+\.Types\.(?<output>\w+)|\{\}), AWSError>;$")]
    private static partial Regex MethodLine();

    [GeneratedRegex(@"^\{\[key: string\]: (?<value>\w+)\}$")]
    private static partial Regex MapType();

    [GeneratedRegex(@"""(?<value>[^""]*)""")]
    private static partial Regex EnumValue();
}
