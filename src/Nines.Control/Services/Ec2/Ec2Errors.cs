using System.Globalization;
using Nines.Control.Services.Ec2.Query;
using Nines.Wire;

namespace Nines.Control.Services.Ec2;

/// <summary>
/// The errors of EC2 in its own codes and words; source: "Error codes for the Amazon EC2 API" and what real clients show.
/// Errors that only one resource has lie beside that resource.
/// </summary>
internal static class Ec2Errors
{
    /// <summary>An id that does not have its kind's form.</summary>
    public static AwsException Malformed(ResourceKind kind, string value) =>
        new(kind.MalformedCode, Format(kind.MalformedText, value, kind.Prefix, kind.Parameter));

    /// <summary>Ids that nothing of their kind has.</summary>
    public static AwsException NotFound(ResourceKind kind, params IReadOnlyCollection<string> ids) =>
        new(kind.NotFoundCode, Format(ids.Count == 1 ? kind.NotFound.One : kind.NotFound.Several, string.Join(", ", ids)));

    /// <summary>An id whose kind EC2 does not know, where any kind would do.</summary>
    public static AwsException InvalidId(string id) => new("InvalidID", $"The ID '{id}' is not valid");

    /// <summary>A parameter that the operation needs is missing.</summary>
    public static AwsException MissingParameter(string parameter) => new("MissingParameter", $"The request must contain the parameter {parameter}");

    /// <summary>A parameter's value is not one that it may have.</summary>
    /// <param name="parameter">The parameter, spelt as EC2 spells it in its texts: <c>maxResults</c>.</param>
    /// <param name="value">What was given.</param>
    /// <param name="rule">The rule it breaks, as a sentence; may be empty.</param>
    public static AwsException InvalidValue(string parameter, string? value, string rule = "") =>
        InvalidParameterValue($"Value ({value}) for parameter {parameter} is invalid.{(rule.Length == 0 ? "" : " ")}{rule}");

    /// <summary>A value is wrong in a way of its own.</summary>
    public static AwsException InvalidParameterValue(string message) => new("InvalidParameterValue", message);

    /// <summary>Parameters that exclude each other.</summary>
    public static AwsException InvalidParameterCombination(string message) => new("InvalidParameterCombination", message);

    /// <summary>A filter that the operation does not have.</summary>
    public static AwsException InvalidFilter(string? name) => InvalidParameterValue($"The filter '{name ?? "null"}' is invalid");

    /// <summary>Too many filters or values, or one that is too long.</summary>
    public static AwsException FilterLimitExceeded(string message) => new("FilterLimitExceeded", message);

    /// <summary>A page token that was not made for this request.</summary>
    public static AwsException InvalidNextToken(string token) => new("InvalidNextToken", $"The token '{token}' is invalid");

    /// <summary>The resource is not in a state that allows the operation.</summary>
    public static AwsException IncorrectState(string message) => new("IncorrectState", message);

    /// <summary>Something else still needs the resource.</summary>
    public static AwsException DependencyViolation(string message) => new("DependencyViolation", message);

    /// <summary>A feature that AWS has and this cloud has not.</summary>
    public static AwsException Unsupported(string message) => new("UnsupportedOperation", message);

    /// <summary>Racks of AWS in somebody's own building.</summary>
    public static AwsException NoOutposts() => Unsupported("This cloud has no Outposts.");

    /// <summary>Addresses of IPv6.</summary>
    public static AwsException NoIpv6() => Unsupported("The networks of this cloud have no IPv6 addresses.");

    private static string Format(string text, params object[] values) => string.Format(CultureInfo.InvariantCulture, text, values);
}
