using System.Text.RegularExpressions;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.SecurityGroups;

/// <summary>What a group may be called (source: CreateSecurityGroup in the EC2 API reference).</summary>
internal static partial class SecurityGroupNames
{
    private const string Characters = "a-zA-Z0-9. _-:/()#,@[]+=&;{}!$*";

    /// <exception cref="AwsException"><c>InvalidParameterValue</c>.</exception>
    public static void CheckName(string name)
    {
        if (name == SecurityGroup.DefaultName)
        {
            throw Ec2Errors.InvalidParameterValue($"Cannot use reserved security group name: {name}");
        }

        if (name.StartsWith("sg-", StringComparison.Ordinal))
        {
            throw Ec2Errors.InvalidParameterValue($"Value ({name}) for parameter GroupName is invalid. Group names may not be in the format sg-*.");
        }

        Check("GroupName", "security group name", "names", name);
    }

    /// <exception cref="AwsException"><c>InvalidParameterValue</c>.</exception>
    public static void CheckDescription(string description) =>
        Check("GroupDescription", "security group description", "descriptions", description);

    private static void Check(string parameter, string what, string plural, string value)
    {
        if (value.Length is 0 or > SecurityGroupLimits.MaxTextLength || !Allowed().IsMatch(value))
        {
            throw Ec2Errors.InvalidValue(
                parameter, value, $"Invalid {what}. Valid {plural} are strings less than 256 characters from the following set:  {Characters}");
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]*$")]
    private static partial Regex Allowed();
}
