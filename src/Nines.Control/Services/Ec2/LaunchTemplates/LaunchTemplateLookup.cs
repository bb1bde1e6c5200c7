using System.Globalization;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Query;
using Nines.Control.Store;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>Finds the launch template and the version that a request names.</summary>
internal static class LaunchTemplateLookup
{
    /// <summary>The newest version.</summary>
    public const string Latest = "$Latest";

    /// <summary>The version of a launch that names none.</summary>
    public const string Default = "$Default";

    /// <summary>The template of an id or of a name; a request names it by one of them.</summary>
    /// <exception cref="AwsException"><c>MissingParameter</c>, <c>InvalidParameterCombination</c>, or that there is no such template.</exception>
    public static LaunchTemplate Require(CloudTransaction transaction, string accountId, string? id, string? name) => Require(
        id, name, id => transaction.Find(LaunchTemplate.Table, accountId, id), name => transaction.Find(LaunchTemplateName.Table, accountId, name));

    /// <inheritdoc cref="Require(CloudTransaction, string, string?, string?)"/>
    public static LaunchTemplate Require(Cloud cloud, string accountId, string? id, string? name) => Require(
        id, name, id => cloud.Find(LaunchTemplate.Table, accountId, id), name => cloud.Find(LaunchTemplateName.Table, accountId, name));

    /// <summary>The version that a launch, or who makes memory for launches, names.</summary>
    /// <exception cref="AwsException">There is no such template or version.</exception>
    public static LaunchTemplateVersion RequireVersion(Cloud cloud, string accountId, LaunchTemplateSpecification specification)
    {
        var template = Require(cloud, accountId, specification.LaunchTemplateId, specification.LaunchTemplateName);
        var version = string.IsNullOrEmpty(specification.Version) ? Default : specification.Version;
        return cloud.Find(LaunchTemplateVersion.Table, accountId, LaunchTemplateVersion.IdOf(template.Id, NumberOf(template, version)))
            ?? throw LaunchTemplateErrors.VersionNotFound(template, version);
    }

    /// <summary>The number that a request's version means; that there is such a version is not said.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>.</exception>
    public static long NumberOf(LaunchTemplate template, string version) => version switch
    {
        Latest => template.LatestVersion,
        Default => template.DefaultVersion,
        _ => ParseNumber(version),
    };

    /// <summary>A version's number.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>.</exception>
    public static long ParseNumber(string version) =>
        long.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue ? number : throw LaunchTemplateErrors.VersionMalformed();

    private static LaunchTemplate Require(string? id, string? name, Func<string, LaunchTemplate?> byId, Func<string, LaunchTemplateName?> byName)
    {
        if (!string.IsNullOrEmpty(id) && !string.IsNullOrEmpty(name))
        {
            throw Ec2Errors.InvalidParameterCombination("Only one of the parameters LaunchTemplateId and LaunchTemplateName may be specified");
        }

        if (!string.IsNullOrEmpty(id))
        {
            return byId(ResourceId.Parse<LaunchTemplateId>(id).Value) ?? throw Ec2Errors.NotFound(ResourceKind.LaunchTemplate, id);
        }

        return string.IsNullOrEmpty(name)
            ? throw Ec2Errors.MissingParameter("LaunchTemplateId or LaunchTemplateName")
            : byName(name) is { } taken && byId(taken.TemplateId) is { } template ? template : throw LaunchTemplateErrors.NameNotFound(name);
    }
}
