using Nines.Wire;

namespace Nines.Control.Services.Kms;

/// <summary>The errors of KMS ("Actions", AWS KMS API Reference).</summary>
internal static class KmsErrors
{
    public static AwsException InvalidKeyId(string keyId) => new("NotFoundException", $"Invalid keyId '{keyId}'");

    public static AwsException KeyNotFound(string arn) => new("NotFoundException", $"Key '{arn}' does not exist");

    public static AwsException AliasNotFound(string arn) => new("NotFoundException", $"Alias {arn} is not found.");

    public static AwsException AliasExists(string arn) => new("AlreadyExistsException", $"An alias with the name {arn} already exists");

    public static AwsException InvalidAlias(string message) => new("InvalidAliasNameException", message);

    public static AwsException InvalidArn(string arn) => new("InvalidArnException", $"Invalid arn {arn}");

    public static AwsException Disabled(string arn) => new("DisabledException", $"{arn} is disabled.");

    public static AwsException InvalidState(string message) => new("KMSInvalidStateException", message);

    public static AwsException PendingDeletion(string arn) => InvalidState($"{arn} is pending deletion.");

    /// <summary>The cloud's own keys are not their users' to change.</summary>
    public static AwsException Managed(string callerArn, string action, string keyArn) =>
        new("AccessDeniedException", $"User: {callerArn} is not authorized to perform: kms:{action} on resource: {keyArn} because no resource-based policy allows the kms:{action} action");

    public static AwsException InvalidCiphertext() => new("InvalidCiphertextException", "");

    public static AwsException IncorrectKey() =>
        new("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.");

    public static AwsException InvalidMarker() => new("InvalidMarkerException", "Could not deserialize marker");

    public static AwsException Unsupported(string message) => new("UnsupportedOperationException", message);

    public static AwsException Invalid(string message) => new("ValidationException", message);

    public static AwsException Tag(string message) => new("TagException", message);

    public static AwsException LimitExceeded(string message) => new("LimitExceededException", message);

    public static AwsException DryRun() => new("DryRunOperationException", "The request would have succeeded, but the DryRun parameter was specified.");

    /// <summary>A member's value breaks a constraint of the model.</summary>
    public static AwsException Constraint(object? value, string member, string constraint) => Invalid(
        value is null
            ? $"1 validation error detected: Value null at '{member}' failed to satisfy constraint: Member must not be null"
            : $"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}");

    /// <summary>The value of a member that must be there.</summary>
    public static T Require<T>(T? value, string member)
        where T : class => value ?? throw Constraint(null, member, "");

    /// <summary>A number within its bounds.</summary>
    public static int Within(int value, int lowest, int highest, string member) =>
        value < lowest ? throw Constraint(value, member, $"Member must have value greater than or equal to {lowest}")
        : value > highest ? throw Constraint(value, member, $"Member must have value less than or equal to {highest}")
        : value;
}
