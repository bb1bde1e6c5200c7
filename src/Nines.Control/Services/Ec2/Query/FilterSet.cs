using Nines.Api.Ec2;

namespace Nines.Control.Services.Ec2.Query;

/// <summary>
/// The filters that one Describe operation knows, each declared once with where its values come from. Made once per
/// operation, in a static field, and used for every request.
/// </summary>
/// <typeparam name="T">What is described: a record, or a view that joins several.</typeparam>
internal sealed class FilterSet<T>
{
    /// <summary>The most filters in one request.</summary>
    public const int MaximumFilters = 50;

    /// <summary>The most values over all filters of one request.</summary>
    public const int MaximumValues = 200;

    /// <summary>The longest value, in characters.</summary>
    public const int MaximumValueLength = 255;

    private const string TagPrefix = "tag:";

    private readonly Dictionary<string, Func<T, FilterPattern[], bool>> _tests = new(StringComparer.Ordinal);
    private Func<T, IReadOnlyDictionary<string, string>>? _tags;

    /// <summary>The filters' names, without those of tags.</summary>
    public IReadOnlyCollection<string> Names => _tests.Keys;

    /// <summary>Whether the filters <c>tag:Key</c> exist.</summary>
    public bool HasTags => _tags is not null;

    /// <summary>Declares a filter over one value; a resource where it is <see langword="null"/> never matches.</summary>
    public FilterSet<T> Add(string name, Func<T, string?> value)
    {
        _tests.Add(name, (item, patterns) => value(item) is { } text && MatchesAny(patterns, text));
        return this;
    }

    /// <summary>Declares a filter over a truth value: <c>true</c> or <c>false</c>.</summary>
    public FilterSet<T> Add(string name, Func<T, bool> value) => Add(name, item => value(item) ? "true" : "false");

    /// <summary>Declares a filter over a number.</summary>
    public FilterSet<T> Add(string name, Func<T, long> value) => Add(name, item => value(item).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Declares a filter over several values of a resource, one of which must match.</summary>
    public FilterSet<T> AddMany(string name, Func<T, IEnumerable<string?>> values)
    {
        _tests.Add(name, (item, patterns) => values(item).Any(text => text is not null && MatchesAny(patterns, text)));
        return this;
    }

    /// <summary>Declares filters that EC2 has for features that no resource here has: known, and never matching.</summary>
    public FilterSet<T> AddNeverMatching(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            _tests.Add(name, static (_, _) => false);
        }

        return this;
    }

    /// <summary>Declares <c>tag:Key</c>, <c>tag-key</c> and the old <c>tag-value</c>.</summary>
    public FilterSet<T> AddTags(Func<T, IReadOnlyDictionary<string, string>> tags)
    {
        _tags = tags;
        _tests.Add("tag-key", (item, patterns) => tags(item).Keys.Any(key => MatchesAny(patterns, key)));
        _tests.Add("tag-value", (item, patterns) => tags(item).Values.Any(value => MatchesAny(patterns, value)));
        return this;
    }

    /// <summary>
    /// The test that the filters of a request make together: a filter matches when one of its values does, and all filters
    /// must match. No filters match everything.
    /// </summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c> for a filter that is not known or has no values; <c>FilterLimitExceeded</c>.</exception>
    public Func<T, bool> Compile(IReadOnlyList<Filter>? filters)
    {
        if (filters is null or [])
        {
            return static _ => true;
        }

        CheckLimits(filters);
        var tests = filters.Select(Compile).ToArray();
        return tests is [var only] ? only : item => Array.TrueForAll(tests, test => test(item));
    }

    private Func<T, bool> Compile(Filter filter)
    {
        if (string.IsNullOrEmpty(filter.Name) || filter.Values is null or [])
        {
            throw Ec2Errors.InvalidFilter(filter.Name);
        }

        var patterns = filter.Values.Select(FilterPattern.Parse).ToArray();
        if (_tests.TryGetValue(filter.Name, out var test))
        {
            return item => test(item, patterns);
        }

        if (_tags is { } tags && filter.Name.StartsWith(TagPrefix, StringComparison.Ordinal))
        {
            var key = filter.Name[TagPrefix.Length..];
            return item => tags(item).TryGetValue(key, out var value) && MatchesAny(patterns, value);
        }

        throw Ec2Errors.InvalidFilter(filter.Name);
    }

    private static void CheckLimits(IReadOnlyList<Filter> filters)
    {
        if (filters.Count > MaximumFilters)
        {
            throw Ec2Errors.FilterLimitExceeded($"The maximum number of filters specified on a single call is {MaximumFilters}");
        }

        if (filters.Sum(filter => filter.Values?.Count ?? 0) > MaximumValues)
        {
            throw Ec2Errors.FilterLimitExceeded($"The maximum number of filter values specified on a single call is {MaximumValues}");
        }

        if (filters.Any(filter => filter.Values?.Any(value => value.Length > MaximumValueLength) ?? false))
        {
            throw Ec2Errors.FilterLimitExceeded($"The maximum length for a filter value is {MaximumValueLength} characters");
        }
    }

    private static bool MatchesAny(FilterPattern[] patterns, string text)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(text))
            {
                return true;
            }
        }

        return false;
    }
}
