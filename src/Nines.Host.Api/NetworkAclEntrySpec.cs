namespace Nines.Host.Api;

/// <summary>One rule of a network access list.</summary>
/// <param name="Protocol">IANA number, or -1 for all protocols.</param>
/// <param name="FromPort">First port of the destination (TCP, UDP), or ICMP type; -1 for all.</param>
/// <param name="ToPort">Last port (TCP, UDP), or ICMP code; -1 for all.</param>
/// <param name="CidrBlock">The other side as IPv4 block.</param>
/// <param name="Allow">Whether such packets pass or are dropped.</param>
public sealed record NetworkAclEntrySpec(int Protocol, int FromPort, int ToPort, string CidrBlock, bool Allow);
