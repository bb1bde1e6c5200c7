using Nines.Control.Services.Ec2.Instances;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Credits;

/// <summary>Whether an instance stops at its credits: the option that was asked for, the account's default, or the family's own.</summary>
internal static class CreditOptions
{
    /// <summary>It goes on at its baseline.</summary>
    public const string Standard = "standard";

    /// <summary>It goes on, and owes what it spends.</summary>
    public const string Unlimited = "unlimited";

    /// <summary>The option of an instance.</summary>
    public static string Of(Instance instance) => instance.CpuCredits ?? OfFamily(FamilyOf(instance.InstanceType));

    /// <summary>What AWS gives a family: the oldest one stops at its credits.</summary>
    public static string OfFamily(string family) => family == "t2" ? Standard : Unlimited;

    /// <summary>The option of a launch that asks for none; <see langword="null"/> when the account has no default of its own.</summary>
    public static string? DefaultOf(CloudTransaction transaction, string accountId, string instanceType) =>
        transaction.Find(DefaultCredit.Table, accountId, FamilyOf(instanceType))?.CpuCredits;

    /// <summary>Reads an option.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static string Parse(string? option) => option switch
    {
        Standard or Unlimited => option,
        null => throw Ec2Errors.MissingParameter("CpuCredits"),
        _ => throw Ec2Errors.InvalidValue("cpuCredits", option, "Valid values are standard and unlimited."),
    };

    private static string FamilyOf(string instanceType) => instanceType.Split('.')[0];
}
