using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Nines.Control.Store;

namespace Nines.Control.Services.Ssm.Parameters;

/// <summary>A parameter of an account: a named value with its earlier versions.</summary>
internal sealed record Parameter : IResource
{
    public static readonly TableDefinition<Parameter> Table = new("ssm-parameters", SsmJsonContext.Default.Parameter);

    /// <summary>The most versions that are kept, as AWS does.</summary>
    public const int MaximumVersions = 100;

    public required string AccountId { get; init; }

    /// <summary>The name as it was given: with a slash before it or without.</summary>
    public required string Id { get; init; }

    /// <summary><c>String</c>, <c>StringList</c> or <c>SecureString</c>.</summary>
    public required string Type { get; init; }

    /// <summary><c>text</c> or <c>aws:ec2:image</c>.</summary>
    public required string DataType { get; init; }

    /// <summary><c>Standard</c> or <c>Advanced</c>.</summary>
    public required string Tier { get; init; }

    public string? Description { get; init; }

    /// <summary>What values must match, or <see langword="null"/>.</summary>
    public string? AllowedPattern { get; init; }

    /// <summary>The versions that are kept, the newest last.</summary>
    public required ImmutableArray<ParameterVersion> Versions { get; init; }

    public ImmutableSortedDictionary<string, string> Tags { get; init; } = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>The value that it has now.</summary>
    [JsonIgnore]
    public ParameterVersion Newest => Versions[^1];

    /// <summary>Whether its values are sealed.</summary>
    [JsonIgnore]
    public bool IsSecure => Type == Api.Ssm.ParameterType.SecureString;
}
