using System.Security.Cryptography;
using System.Text;
using Nines.Api.Ssm;
using Nines.Control.Gateway;
using Nines.Control.Secrets;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>Parameters as a client sees them, and the sealing of those that are secret.</summary>
internal sealed class ParameterViews(SecretBox box)
{
    /// <summary>The key that AWS seals with unless another is named.</summary>
    public const string KeyId = "alias/aws/ssm";

    private const string Text = "text";

    /// <summary>A value as it is stored.</summary>
    public string Seal(string accountId, string name, string value) => Convert.ToBase64String(box.Seal(Encoding.UTF8.GetBytes(value), Purpose(accountId, name)));

    /// <summary>A version of a parameter, opened if the request says so.</summary>
    /// <exception cref="CryptographicException">The store was changed by somebody else.</exception>
    public Api.Ssm.Parameter Describe(Parameter parameter, ParameterVersion version, string? selector, bool decrypts, Call call) => new()
    {
        Name = parameter.Id,
        Type = parameter.Type,
        Value = parameter.IsSecure && decrypts
            ? Encoding.UTF8.GetString(box.Open(Convert.FromBase64String(version.Value), Purpose(parameter.AccountId, parameter.Id)))
            : version.Value,
        Version = version.Number,
        Selector = selector is null ? null : $":{selector}",
        LastModifiedDate = version.Time,
        ARN = ArnOf(call.Region, parameter.AccountId, parameter.Id),
        DataType = parameter.DataType,
    };

    /// <summary>One of the cloud's own.</summary>
    public static Api.Ssm.Parameter Describe(PublicParameter parameter, Call call) => new()
    {
        Name = parameter.Name,
        Type = ParameterType.String,
        Value = parameter.Value,
        Version = parameter.Version,
        LastModifiedDate = parameter.Time,
        ARN = ArnOf(call.Region, "", parameter.Name),
        DataType = Text,
    };

    /// <summary>What is told of a parameter without its value.</summary>
    public static ParameterMetadata DescribeMetadata(Parameter parameter, Call call) => new()
    {
        Name = parameter.Id,
        ARN = ArnOf(call.Region, parameter.AccountId, parameter.Id),
        Type = parameter.Type,
        KeyId = parameter.IsSecure ? KeyId : null,
        LastModifiedDate = parameter.Newest.Time,
        LastModifiedUser = parameter.Newest.UserArn,
        Description = parameter.Description,
        AllowedPattern = parameter.AllowedPattern,
        Version = parameter.Newest.Number,
        Tier = parameter.Tier,
        Policies = [],
        DataType = parameter.DataType,
    };

    private static string ArnOf(string region, string accountId, string name) => $"arn:aws:ssm:{region}:{accountId}:parameter/{name.TrimStart('/')}";

    private static string Purpose(string accountId, string name) => $"ssm parameter {accountId} {name}";
}
