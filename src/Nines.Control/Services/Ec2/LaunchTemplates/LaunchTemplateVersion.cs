using System.Globalization;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>One version of a launch template. It never changes.</summary>
internal sealed record LaunchTemplateVersion : IResource
{
    /// <summary>All versions of all templates.</summary>
    public static readonly TableDefinition<LaunchTemplateVersion> Table = new("launch-template-versions", Ec2JsonContext.Default.LaunchTemplateVersion);

    /// <summary>The versions of a template.</summary>
    public static readonly IndexDefinition<LaunchTemplateVersion> ByTemplate = Table.Index("template", version => version.TemplateId);

    // EC2 tells the newest version first, and answers go through the records in the order of their ids.
    private const long Last = 9_999_999_999;

    /// <inheritdoc/>
    public required string AccountId { get; init; }

    /// <summary>The template's id and the number, so that a newer version comes before an older one.</summary>
    public string Id => IdOf(TemplateId, Number);

    /// <summary>Whose version it is.</summary>
    public required string TemplateId { get; init; }

    /// <summary>Its number, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>What its maker says of it.</summary>
    public string? Description { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreateTime { get; init; }

    /// <summary>The ARN of who made it.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>What a launch takes from it: a document of AWS's RequestLaunchTemplateData.</summary>
    public required string Data { get; init; }

    /// <summary>What its maker called the request, so that the same one again makes no second version.</summary>
    public string? ClientToken { get; init; }

    /// <summary>The record's id.</summary>
    public static string IdOf(string templateId, long number) => string.Create(CultureInfo.InvariantCulture, $"{templateId}/{Last - number:D10}");
}
