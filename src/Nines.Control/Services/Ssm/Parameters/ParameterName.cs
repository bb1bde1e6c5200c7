using System.Text.RegularExpressions;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>What a request calls a parameter, and which version of it; source: "PutParameter" and "GetParameter" of the Systems Manager API reference.</summary>
/// <param name="Name">The name.</param>
/// <param name="Version">A version or a label; <see langword="null"/>: the newest.</param>
internal sealed partial record ParameterName(string Name, string? Version)
{
    private const int MaximumLength = 1011;
    private const int MaximumDepth = 15;
    private const string PublicPrefix = "/aws/service/";

    /// <summary>Whether the cloud's own parameters have such names.</summary>
    public bool IsPublic => Name.StartsWith(PublicPrefix, StringComparison.Ordinal);

    /// <summary>Reads a name or an ARN, with a version behind a colon or without.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>ValidationException</c>.</exception>
    public static ParameterName Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            throw SsmErrors.Validation("A parameter name is required.");
        }

        var match = Reference.Match(text);
        if (!match.Success || text.Length > 2048)
        {
            throw SsmErrors.Validation($"Invalid parameter name '{text}': a name has letters, numbers and the symbols . - _ / and may have a version behind a colon.");
        }

        var version = match.Groups["version"];
        return new ParameterName(match.Groups["path"].Success ? "/" + match.Groups["path"].Value : match.Groups["name"].Value, version.Success ? version.Value : null);
    }

    /// <summary>Checks the name of a parameter that is to be made.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>ValidationException</c>, <c>AccessDeniedException</c>, <c>HierarchyLevelLimitExceededException</c>.</exception>
    public static string Check(string? name)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaximumLength || !Form.IsMatch(name))
        {
            throw SsmErrors.Validation(
                "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_");
        }

        if (name.TrimStart('/').StartsWith("aws", StringComparison.OrdinalIgnoreCase))
        {
            throw SsmErrors.Reserved(name);
        }

        if (name.TrimStart('/').StartsWith("ssm", StringComparison.OrdinalIgnoreCase))
        {
            throw SsmErrors.Validation("Parameter name: can't be prefixed with \"ssm\" (case-insensitive).");
        }

        return name.Count(letter => letter == '/') <= MaximumDepth ? name : throw SsmErrors.TooDeep(MaximumDepth);
    }

    [GeneratedRegex(@"^(arn:aws:ssm:[a-z0-9-]*:\d*:parameter/(?<path>[A-Za-z0-9._/-]+)|(?<name>[A-Za-z0-9._/-]+))(:(?<version>[A-Za-z0-9._-]+))?\z")]
    private static partial Regex Reference { get; }

    // A path begins with a slash, and has none at its end and no two in a row.
    [GeneratedRegex(@"^([A-Za-z0-9._-]+|(/[A-Za-z0-9._-]+)+)\z")]
    private static partial Regex Form { get; }
}
