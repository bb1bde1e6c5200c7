using Nines.Api.Ssm;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>The filters of DescribeParameters and GetParametersByPath: pure.</summary>
internal static class ParameterFilters
{
    private const string Equal = "Equals";
    private const string TagPrefix = "tag:";

    /// <summary>The test that filters make together: each must match, by one of its values.</summary>
    /// <param name="filters">The request's filters.</param>
    /// <param name="keys">The keys that the operation has.</param>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidFilterKey</c>, <c>InvalidFilterOption</c>, <c>ValidationException</c>.</exception>
    public static Func<Parameter, bool> Compile(IReadOnlyList<ParameterStringFilter>? filters, params ReadOnlySpan<string> keys)
    {
        var tests = new List<Func<Parameter, bool>>();
        foreach (var filter in filters ?? [])
        {
            var key = filter.Key ?? "";
            if (!keys.Contains(key.StartsWith(TagPrefix, StringComparison.Ordinal) ? TagPrefix : key))
            {
                throw SsmErrors.InvalidFilter($"The following filter key is not valid: {key}.");
            }

            tests.Add(Test(key, filter.Option ?? (key == "Path" ? "OneLevel" : Equal), filter.Values ?? []));
        }

        return parameter => tests.TrueForAll(test => test(parameter));
    }

    /// <summary>The older form of filters, whose values are the beginnings of names.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidFilterKey</c>.</exception>
    public static Func<Parameter, bool> Compile(IReadOnlyList<ParametersFilter>? filters)
    {
        var tests = (filters ?? []).Select(filter => Test(filter.Key ?? "", filter.Key == "Name" ? "BeginsWith" : Equal, filter.Values ?? [])).ToList();
        return parameter => tests.TrueForAll(test => test(parameter));
    }

    /// <summary>Whether a name lies under a path: right under it, or at any depth.</summary>
    public static bool IsUnder(string name, string path, bool recursive)
    {
        var folder = path.EndsWith('/') ? path : path + "/";
        return name.StartsWith(folder, StringComparison.Ordinal) && (recursive || !name.AsSpan(folder.Length).Contains('/'));
    }

    private static Func<Parameter, bool> Test(string key, string option, IReadOnlyList<string> values) => key switch
    {
        "Name" => parameter => values.Any(value => Matches(parameter.Id, option, value)),
        "Type" => parameter => values.Contains(parameter.Type),
        "Tier" => parameter => values.Contains(parameter.Tier),
        "DataType" => parameter => values.Contains(parameter.DataType),
        "KeyId" => parameter => parameter.IsSecure && values.Contains(ParameterViews.KeyId),
        "Label" => _ => false,
        "Path" => parameter => values.Any(path => IsUnder(parameter.Id, path, option == "Recursive")),
        _ when key.StartsWith(TagPrefix, StringComparison.Ordinal) =>
            parameter => parameter.Tags.TryGetValue(key[TagPrefix.Length..], out var value) && (values.Count == 0 || values.Contains(value)),
        _ => throw SsmErrors.InvalidFilter($"The following filter key is not valid: {key}."),
    };

    /// <summary>A name with a slash before it or without, as AWS compares them.</summary>
    private static bool Matches(string name, string option, string value) => option switch
    {
        Equal => name == value || name.TrimStart('/') == value,
        "BeginsWith" => name.StartsWith(value, StringComparison.Ordinal) || name.TrimStart('/').StartsWith(value, StringComparison.Ordinal),
        "Contains" => name.Contains(value, StringComparison.Ordinal),
        _ => throw new Nines.Wire.AwsException("InvalidFilterOption", $"The following filter option is not valid: {option}. Valid options include: [BeginsWith, Contains, Equals]."),
    };
}
