namespace Nines.Host.Api;

/// <summary>What a host observes of one <see cref="FastLaunchSpec"/>.</summary>
/// <param name="ImageDigest">The image.</param>
/// <param name="Owner">Whose kept memory it is.</param>
/// <param name="InstanceType">The type.</param>
/// <param name="Readiness">How far it is.</param>
/// <param name="Message">What a user should read about it, or <see langword="null"/>.</param>
public sealed record FastLaunchStatus(string ImageDigest, string Owner, string InstanceType, FastLaunchReadiness Readiness, string? Message = null);
