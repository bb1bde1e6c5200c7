namespace Nines.Host.Api;

/// <summary>What a host observes of one network.</summary>
/// <param name="Id">The network, <c>vpc-…</c>.</param>
/// <param name="Gone">Whether nothing of it is left on this host.</param>
/// <param name="Message">What is wrong with it, or <see langword="null"/>.</param>
public sealed record VpcStatus(string Id, bool Gone, string? Message = null);
