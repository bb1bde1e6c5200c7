using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Nines.Api.Ssm;
using Nines.Control.Gateway;
using Nines.Control.Secrets;
using Nines.Control.Store;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>Reading parameters: the account's own, and those that the cloud gives everybody.</summary>
/// <param name="cloud">The records.</param>
/// <param name="box">Opens secure strings.</param>
/// <param name="publicParameters">The cloud's own parameters as they are now.</param>
internal sealed class ParameterOperations(Cloud cloud, SecretBox box, Func<IEnumerable<PublicParameter>> publicParameters) : IOperations
{
    private const int MostNames = 10;
    private const int MostByPath = 10;
    private const int MostDescribed = 50;

    private readonly ParameterViews _views = new(box);

    public void Map(OperationTable table)
    {
        table.On(SsmApi.GetParameter, GetAsync);
        table.On(SsmApi.GetParameters, GetSeveralAsync);
        table.On(SsmApi.GetParametersByPath, GetByPathAsync);
        table.On(SsmApi.DescribeParameters, DescribeAsync);
    }

    private ValueTask<GetParameterResult> GetAsync(GetParameterRequest input, Call call, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new GetParameterResult { Parameter = Find(input.Name, input.WithDecryption == true, call) });

    private ValueTask<GetParametersResult> GetSeveralAsync(GetParametersRequest input, Call call, CancellationToken cancellationToken)
    {
        var names = input.Names ?? [];
        if (names.Count is 0 or > MostNames)
        {
            throw SsmErrors.Validation($"1 validation error detected: Value at 'names' failed to satisfy constraint: Member must have length between 1 and {MostNames}.");
        }

        var (found, invalid) = (new List<Api.Ssm.Parameter>(), new List<string>());
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            try
            {
                found.Add(Find(name, input.WithDecryption == true, call));
            }
            catch (Nines.Wire.AwsException exception) when (exception.Code is "ParameterNotFound" or "ParameterVersionNotFound")
            {
                invalid.Add(name);
            }
        }

        return ValueTask.FromResult(new GetParametersResult { Parameters = found, InvalidParameters = invalid });
    }

    private ValueTask<GetParametersByPathResult> GetByPathAsync(GetParametersByPathRequest input, Call call, CancellationToken cancellationToken)
    {
        var path = input.Path ?? throw SsmErrors.Validation("A path is required.");
        if (!path.StartsWith('/') || path.Contains("//", StringComparison.Ordinal))
        {
            throw SsmErrors.Validation("The parameter path must begin with a slash \"/\". It can consist of sub-paths divided by slash symbol.");
        }

        var matches = ParameterFilters.Compile(input.ParameterFilters, "Type", "KeyId", "Label");
        var recursive = input.Recursive == true;
        var own = cloud.List(Parameter.Table, call.AccountId).Where(parameter => ParameterFilters.IsUnder(parameter.Id, path, recursive)).Where(matches)
            .Select(parameter => _views.Describe(parameter, parameter.Newest, null, input.WithDecryption == true, call));
        var others = input.ParameterFilters is { Count: > 0 } ? [] : publicParameters().Where(parameter => ParameterFilters.IsUnder(parameter.Name, path, recursive))
            .Select(parameter => ParameterViews.Describe(parameter, call));
        var (items, next) = Page(own.Concat(others), parameter => parameter.Name!, input.MaxResults, MostByPath, input.NextToken);
        return ValueTask.FromResult(new GetParametersByPathResult { Parameters = items, NextToken = next });
    }

    /// <summary>The account's own parameters, without their values.</summary>
    private ValueTask<DescribeParametersResult> DescribeAsync(DescribeParametersRequest input, Call call, CancellationToken cancellationToken)
    {
        if (input is { Filters.Count: > 0, ParameterFilters.Count: > 0 })
        {
            throw SsmErrors.Validation("You can use either Filters or ParameterFilters in a single request.");
        }

        var (matches, older) = (ParameterFilters.Compile(input.ParameterFilters, "Name", "Type", "KeyId", "Path", "Tier", "DataType", "Label", "tag:"), ParameterFilters.Compile(input.Filters));
        var found = input.Shared == true ? [] : cloud.List(Parameter.Table, call.AccountId).Where(parameter => matches(parameter) && older(parameter));
        var (items, next) = Page(found, parameter => parameter.Id, input.MaxResults, MostDescribed, input.NextToken);
        return ValueTask.FromResult(new DescribeParametersResult { Parameters = [.. items.Select(parameter => ParameterViews.DescribeMetadata(parameter, call))], NextToken = next });
    }

    /// <exception cref="Nines.Wire.AwsException"><c>ParameterNotFound</c>, <c>ParameterVersionNotFound</c>, <c>ValidationException</c>.</exception>
    private Api.Ssm.Parameter Find(string? text, bool decrypts, Call call)
    {
        var name = ParameterName.Parse(text);
        if (name.IsPublic)
        {
            var given = publicParameters().FirstOrDefault(parameter => parameter.Name == name.Name) ?? throw SsmErrors.NotFound(name.Name);
            return name.Version is null || name.Version == given.Version.ToString(CultureInfo.InvariantCulture)
                ? ParameterViews.Describe(given, call) with { Selector = name.Version is null ? null : $":{name.Version}" }
                : throw SsmErrors.VersionNotFound(name.Name, name.Version);
        }

        var parameter = ParameterChanges.Find(id => cloud.Find(Parameter.Table, call.AccountId, id), text!, name.Name) ?? throw SsmErrors.NotFound(name.Name);
        var version = name.Version is null ? parameter.Newest : parameter.Versions.FirstOrDefault(version => version.Number.ToString(CultureInfo.InvariantCulture) == name.Version);
        return _views.Describe(parameter, version ?? throw SsmErrors.VersionNotFound(name.Name, name.Version!), name.Version, decrypts, call);
    }

    /// <summary>One page in the order of names; a token carries the last name.</summary>
    private static (IReadOnlyList<T> Items, string? Next) Page<T>(IEnumerable<T> items, Func<T, string> name, int? size, int most, string? token)
    {
        if (size is < 1 || size > most)
        {
            throw SsmErrors.Validation($"1 validation error detected: Value '{size}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and {most}.");
        }

        var after = string.IsNullOrEmpty(token) ? "" : Base64Url.IsValid(token) ? Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)) : throw SsmErrors.InvalidToken();
        var page = items.Where(item => string.CompareOrdinal(name(item), after) > 0).OrderBy(name, StringComparer.Ordinal).Take((size ?? most) + 1).ToArray();
        return page.Length <= (size ?? most) ? (page, null) : (page[..^1], Base64Url.EncodeToString(Encoding.UTF8.GetBytes(name(page[^2]))));
    }
}
