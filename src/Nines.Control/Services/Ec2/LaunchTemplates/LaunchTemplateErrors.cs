using Nines.Wire;

namespace Nines.Control.Services.Ec2.LaunchTemplates;

/// <summary>The errors that only launch templates have, in EC2's codes and words.</summary>
internal static class LaunchTemplateErrors
{
    public static AwsException NameTaken() => new("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.");

    public static AwsException NameMalformed() => new(
        "InvalidLaunchTemplateName.MalformedException",
        "A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following characters: - ( ) . / _.");

    public static AwsException NameNotFound(string name) => new(
        "InvalidLaunchTemplateName.NotFoundException", $"The specified launch template, with template name {name}, does not exist.");

    public static AwsException VersionNotFound(LaunchTemplate template, string version) => new(
        "InvalidLaunchTemplateId.VersionNotFound", $"Could not find launch template version: {version} for the launch template with ID {template.Id}.");

    public static AwsException VersionMalformed() => Ec2Errors.InvalidParameterValue(
        "Invalid launch template version: either '$Default', '$Latest', or a numeric version are allowed.");

    public static AwsException TooManyVersions(LaunchTemplate template) => new(
        "VersionLimitExceeded", $"The launch template '{template.Id}' has the maximum number of versions, {LaunchTemplateChanges.MaximumVersions}.");
}
