namespace Nines.Host.Api;

/// <summary>Whether a host took a desired state.</summary>
/// <param name="Accepted"><see langword="false"/> when the generation was not newer than <paramref name="Generation"/>.</param>
/// <param name="Generation">The newest generation that the host has accepted.</param>
public sealed record ApplyResult(bool Accepted, long Generation);
