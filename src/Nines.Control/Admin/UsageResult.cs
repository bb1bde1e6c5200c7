namespace Nines.Control.Admin;

/// <summary>What servers and hosts take.</summary>
/// <param name="Servers">The servers, in the order of their ids.</param>
/// <param name="Hosts">The hosts, in the order of their ids; none where nothing was measured.</param>
internal sealed record UsageResult(IReadOnlyList<ServerUsage> Servers, IReadOnlyList<HostLoad> Hosts);
