namespace Nines.Wire.Schemas;

/// <summary>A namespace declared on an XML element.</summary>
/// <param name="Uri">The namespace.</param>
/// <param name="Prefix">Its prefix, or null for the default namespace.</param>
public sealed record XmlNamespace(string Uri, string? Prefix = null);
