namespace Nines.Host.Networks;

/// <summary>A rule of the machine, made by someone else, that stops packets of the cloud.</summary>
/// <param name="Chain">Which, such as <c>ip filter FORWARD</c>.</param>
/// <param name="Consequence">What does not work because of it.</param>
/// <param name="Remedy">A command that mends it.</param>
public sealed record FirewallObstacle(string Chain, string Consequence, string Remedy);
