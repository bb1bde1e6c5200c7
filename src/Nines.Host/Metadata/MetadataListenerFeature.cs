namespace Nines.Host.Metadata;

/// <summary>Marks a connection with the network that it came from.</summary>
/// <param name="VpcId">The network, <c>vpc-…</c>.</param>
internal sealed record MetadataListenerFeature(string VpcId);
