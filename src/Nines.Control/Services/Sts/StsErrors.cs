using Nines.Wire;

namespace Nines.Control.Services.Sts;

/// <summary>The errors of STS.</summary>
internal static class StsErrors
{
    /// <summary>A member's value breaks a constraint of the model.</summary>
    public static AwsException Validation(string value, string member, string constraint) =>
        new("ValidationError", $"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}");

    /// <summary>The caller may not do this with the credentials it used.</summary>
    public static AwsException AccessDenied(string message) => new("AccessDenied", message, 403);
}
