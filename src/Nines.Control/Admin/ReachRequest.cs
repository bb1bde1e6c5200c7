namespace Nines.Control.Admin;

/// <summary>Whether a packet would arrive.</summary>
/// <param name="From">An instance, an interface, an address, or <c>internet</c>.</param>
/// <param name="To">The same, with a colon and the port behind unless the protocol has none.</param>
/// <param name="Protocol"><c>tcp</c> (what is meant when it is left out), <c>udp</c> or <c>icmp</c>.</param>
internal sealed record ReachRequest(string? From, string? To, string? Protocol = null);
