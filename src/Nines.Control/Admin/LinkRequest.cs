namespace Nines.Control.Admin;

/// <summary>How the cable of an adapter shall be.</summary>
/// <param name="NetworkInterfaceId">The adapter, <c>eni-…</c>, which an instance has.</param>
/// <param name="Up">Whether it is in.</param>
internal sealed record LinkRequest(string? NetworkInterfaceId, bool Up);
