using Nines.Wire;

namespace Nines.Control.Services.Ec2.PrefixLists;

/// <summary>The errors that only prefix lists have, in EC2's codes and words.</summary>
internal static class PrefixListErrors
{
    public static AwsException WrongVersion(string id) => new("PrefixListVersionMismatch", $"The prefix list {id} has the incorrect version number.");

    public static AwsException TooLarge(string id) => Ec2Errors.InvalidParameterValue($"The descriptions of the entries of the prefix list {id} are too long together.");

    public static AwsException TooManyEntries(string id) => new("PrefixListMaxEntriesExceeded", $"The prefix list {id} would have more than its maximum number of entries.");

    public static AwsException InUse(string id) => Ec2Errors.DependencyViolation($"The prefix list '{id}' has dependencies and cannot be deleted.");

    public static AwsException NoVersion(PrefixList list, long version) =>
        Ec2Errors.InvalidParameterValue($"The prefix list {list.Id} has no version {version}: at most the last {PrefixList.MaxEarlier} before its current one, {list.Version}, are kept.");
}
