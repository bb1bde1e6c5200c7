using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.Tags;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>Launch templates as answers show them: pure.</summary>
internal static class LaunchTemplateDescriptions
{
    /// <summary>A template.</summary>
    public static Api.Ec2.LaunchTemplate Describe(this LaunchTemplate template) => new()
    {
        LaunchTemplateId = template.Id,
        LaunchTemplateName = template.Name,
        CreateTime = template.CreateTime,
        CreatedBy = template.CreatedBy,
        DefaultVersionNumber = template.DefaultVersion,
        LatestVersionNumber = template.LatestVersion,
        Tags = template.Tags.ToApiOrNull(),
    };

    /// <summary>A version.</summary>
    public static Api.Ec2.LaunchTemplateVersion Describe(this LaunchTemplateVersion version, LaunchTemplate template) => new()
    {
        LaunchTemplateId = template.Id,
        LaunchTemplateName = template.Name,
        VersionNumber = version.Number,
        VersionDescription = version.Description,
        CreateTime = version.CreateTime,
        CreatedBy = version.CreatedBy,
        DefaultVersion = version.Number == template.DefaultVersion,
        LaunchTemplateData = LaunchTemplateData.Describe(version.Data),
    };

    /// <summary>The number of a version that a request names as text, or a code of <see cref="LaunchTemplateErrorCode"/> beside it.</summary>
    public static DeleteLaunchTemplateVersionsResponseErrorItem Refusal(this LaunchTemplate template, long number, string code, string message) => new()
    {
        LaunchTemplateId = template.Id,
        LaunchTemplateName = template.Name,
        VersionNumber = number,
        ResponseError = new ResponseError { Code = code, Message = message },
    };
}
