using Nines.Host.Api;

namespace Nines.Control.Hosts;

/// <summary>
/// Whether a host would see no difference between two specifications: pure. Most changes of a record, such as that a machine
/// now runs, change nothing that a host is told, and it shall not be told again.
/// </summary>
internal static class SpecComparison
{
    /// <summary>Records compare their lists by identity, so the lists are compared on their own.</summary>
    public static bool AreSame(VmSpec left, VmSpec right) =>
        left with { Disks = right.Disks, Interfaces = right.Interfaces, Metadata = right.Metadata } == right
        && left.Disks.AsSpan().SequenceEqual(right.Disks.AsSpan())
        && left.Interfaces.AsSpan().SequenceEqual(right.Interfaces.AsSpan())
        && AreSame(left.Metadata, right.Metadata);

    /// <inheritdoc cref="AreSame(VmSpec, VmSpec)"/>
    public static bool AreSame(InterfaceSpec left, InterfaceSpec right) =>
        left with { SecurityGroupIds = right.SecurityGroupIds, SecondaryAddresses = right.SecondaryAddresses } == right
        && left.SecondaryAddresses.AsSpan().SequenceEqual(right.SecondaryAddresses.AsSpan())
        && left.SecurityGroupIds.AsSpan().SequenceEqual(right.SecurityGroupIds.AsSpan());

    private static bool AreSame(InstanceMetadata left, InstanceMetadata right) =>
        left with { SecurityGroupNames = right.SecurityGroupNames, ActiveSshKeys = right.ActiveSshKeys, UserData = right.UserData, Tags = right.Tags } == right
        && left.SecurityGroupNames.AsSpan().SequenceEqual(right.SecurityGroupNames.AsSpan())
        && left.ActiveSshKeys.AsSpan().SequenceEqual(right.ActiveSshKeys.AsSpan())
        && left.UserData.AsSpan().SequenceEqual(right.UserData.AsSpan())
        && left.Tags.Count == right.Tags.Count
        && left.Tags.All(tag => right.Tags.TryGetValue(tag.Key, out var value) && value == tag.Value);
}
