using System.Text;
using System.Text.RegularExpressions;
using Nines.Api.Ssm;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>What a parameter is put as: checked, with what was said before where the request says nothing. Source: "PutParameter" of the API reference.</summary>
internal sealed record ParameterRules(string Type, string DataType, string Tier, string? AllowedPattern)
{
    /// <summary>The data type of values that are ids of images.</summary>
    public const string Image = "aws:ec2:image";

    private const string Text = "text";
    private const int StandardBytes = 4096;
    private const int AdvancedBytes = 8192;

    /// <exception cref="Nines.Wire.AwsException">What Systems Manager answers.</exception>
    public static ParameterRules Check(PutParameterRequest input, Parameter? known, string value, TimeSpan patternTimeout)
    {
        var type = input.Type ?? known?.Type ?? throw SsmErrors.Validation("A parameter type is required when you create a parameter.");
        if (type is not (ParameterType.String or ParameterType.StringList or ParameterType.SecureString))
        {
            throw SsmErrors.Validation($"1 validation error detected: Value '{type}' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [SecureString, StringList, String]");
        }

        // Earlier versions are sealed or they are not.
        if (known is not null && known.Type != type)
        {
            throw new Nines.Wire.AwsException("HierarchyTypeMismatchException", $"The parameter is a {known.Type}; delete it before you make it a {type}.");
        }

        var dataType = input.DataType ?? known?.DataType ?? Text;
        if (dataType is not (Text or Image) || (dataType == Image && type != ParameterType.String))
        {
            throw SsmErrors.Validation($"The following data type is not supported: {dataType} (Data type names are all lowercase.)");
        }

        var pattern = input.AllowedPattern ?? known?.AllowedPattern;
        CheckPattern(pattern, value, patternTimeout);
        return new ParameterRules(type, dataType, TierOf(input.Tier ?? known?.Tier ?? ParameterTier.Standard, Encoding.UTF8.GetByteCount(value)), pattern);
    }

    private static string TierOf(string asked, int bytes)
    {
        var tier = asked switch
        {
            ParameterTier.Standard or ParameterTier.Advanced => asked,
            ParameterTier.IntelligentTiering => bytes > StandardBytes ? ParameterTier.Advanced : ParameterTier.Standard,
            _ => throw SsmErrors.Validation($"1 validation error detected: Value '{asked}' at 'tier' failed to satisfy constraint: Member must satisfy enum value set: [Standard, Advanced, Intelligent-Tiering]"),
        };
        var most = tier == ParameterTier.Standard ? StandardBytes : AdvancedBytes;
        return bytes <= most
            ? tier
            : throw SsmErrors.Validation(tier == ParameterTier.Standard
                ? $"Standard tier parameters support a maximum parameter value of {StandardBytes} characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier."
                : $"Advanced tier parameters support a maximum parameter value of {AdvancedBytes} characters.");
    }

    private static void CheckPattern(string? pattern, string value, TimeSpan timeout)
    {
        if (string.IsNullOrEmpty(pattern))
        {
            return;
        }

        try
        {
            if (!Regex.IsMatch(value, $@"\A(?:{pattern})\z", RegexOptions.None, timeout))
            {
                throw SsmErrors.PatternMismatch(pattern);
            }
        }
        catch (Exception exception) when (exception is ArgumentException or RegexMatchTimeoutException)
        {
            throw SsmErrors.InvalidPattern(pattern);
        }
    }
}
