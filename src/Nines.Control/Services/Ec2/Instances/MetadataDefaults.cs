using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What an account's launches get of metadata options that they do not ask for; what it does not say is AWS's own default.</summary>
internal sealed record MetadataDefaults : IResource
{
    /// <summary>The one record of an account that has defaults of its own.</summary>
    public const string TheOne = "defaults";

    public static readonly TableDefinition<MetadataDefaults> Table = new("metadata-defaults", InstanceJsonContext.Default.MetadataDefaults);

    public required string AccountId { get; init; }

    public string Id { get; init; } = TheOne;

    public string? HttpTokens { get; init; }

    public int? HopLimit { get; init; }

    public string? Endpoint { get; init; }

    public string? Tags { get; init; }
}
