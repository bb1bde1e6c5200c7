using Nines.Wire;

namespace Nines.Control.Services.Ssm;

/// <summary>The errors of Systems Manager in its own codes and words.</summary>
internal static class SsmErrors
{
    public static AwsException Validation(string message) => new("ValidationException", message);

    public static AwsException NotFound(string name) => new("ParameterNotFound", $"Parameter {name} not found.");

    public static AwsException VersionNotFound(string name, string version) =>
        new("ParameterVersionNotFound", $"Systems Manager could not find version {version} of {name}. Verify the version and try again.");

    public static AwsException Exists() => new(
        "ParameterAlreadyExists", "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");

    public static AwsException Reserved(string name) => new("AccessDeniedException", $"No access to reserved parameter name: {name}.");

    public static AwsException LimitExceeded(int most) => new("ParameterLimitExceeded", $"An account has at most {most} parameters.");

    public static AwsException TooDeep(int most) => new("HierarchyLevelLimitExceededException", $"A parameter's name has at most {most} levels.");

    public static AwsException PatternMismatch(string pattern) =>
        new("ParameterPatternMismatchException", $"Parameter value, cannot be validated against allowedPattern: {pattern}");

    public static AwsException InvalidPattern(string pattern) => new("InvalidAllowedPatternException", $"The request does not meet the regular expression requirement: {pattern}");

    public static AwsException InvalidKey(string key) => new("InvalidKeyId", $"Secure strings of this cloud are sealed with the cloud's own key; leave out the key '{key}'.");

    public static AwsException InvalidFilter(string message) => new("InvalidFilterKey", message);

    public static AwsException InvalidToken() => new("InvalidNextToken", "The specified token is not valid.");

    public static AwsException InvalidResource(string id) => new("InvalidResourceId", $"The resource ID '{id}' is not valid. Verify that you entered the correct ID and try again.");

    public static AwsException InvalidResourceType(string? type) => new("InvalidResourceType", $"The resource type '{type}' is not valid here. Parameter is.");

    public static AwsException TooManyTags(int most) => new("TooManyTagsError", $"A resource has at most {most} tags.");
}
