using Nines.Wire.Schemas;

namespace Nines.Wire.Resolve;

/// <summary>One service of AWS with all operations it has there.</summary>
/// <param name="Descriptor">How it is addressed; the implemented service's own descriptor where there is one.</param>
/// <param name="Operations">Method, path and required headers (<c>PUT /{Bucket}/{Key+} x-amz-copy-source</c>) by operation name; empty where the name alone tells operations apart.</param>
public sealed record CatalogueService(ServiceDescriptor Descriptor, IReadOnlyDictionary<string, string> Operations);
