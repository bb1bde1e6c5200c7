using System.Collections.Frozen;
using System.Collections.Immutable;
using Nines.Wire;

namespace Nines.Control.Services.Ec2.InstanceTypes;

/// <summary>The shapes that instances can have. Data, read once from two files in this assembly.</summary>
internal static class InstanceTypeCatalog
{
    private static readonly Lazy<FrozenDictionary<string, InstanceType>> Types =
        new(() => InstanceTypeData.Read().ToFrozenDictionary(type => type.Name));

    private static readonly Lazy<ImmutableArray<InstanceType>> Ordered = new(() => [.. Types.Value.Values.OrderBy(type => type.Name, StringComparer.Ordinal)]);

    /// <summary>All shapes by name, ordinal order.</summary>
    public static ImmutableArray<InstanceType> All => Ordered.Value;

    /// <summary>The shape of that name, or <see langword="null"/>.</summary>
    public static InstanceType? Find(string name) => Types.Value.GetValueOrDefault(name);

    /// <summary>The shape of that name, where a launch or change of an instance asks for it.</summary>
    /// <exception cref="AwsException"><c>InvalidParameterValue</c>.</exception>
    public static InstanceType Require(string name) => Find(name) ?? throw Ec2Errors.InvalidParameterValue($"Invalid value '{name}' for InstanceType.");
}
