namespace Nines.Wire.Signing;

/// <summary>The parts of an HTTP request that its signature covers, beside its body.</summary>
/// <param name="Method">The HTTP method, in capitals.</param>
/// <param name="Path">The path as it was sent, with its percent-encoding, without the query.</param>
/// <param name="Query">The query as it was sent, without the question mark; empty when there is none.</param>
/// <param name="Headers">The headers.</param>
public readonly record struct SignableRequest(string Method, string Path, string Query, IRequestHeaders Headers);
