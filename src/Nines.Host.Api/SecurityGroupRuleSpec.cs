namespace Nines.Host.Api;

/// <summary>One allowed kind of traffic.</summary>
/// <param name="Protocol">IANA number, or -1 for all protocols.</param>
/// <param name="FromPort">First port (TCP, UDP), or ICMP type; -1 for all.</param>
/// <param name="ToPort">Last port (TCP, UDP), or ICMP code; -1 for all.</param>
/// <param name="CidrBlock">The other side as IPv4 block, or <see langword="null"/>.</param>
/// <param name="GroupId">The other side as members of a group, or <see langword="null"/>.</param>
public sealed record SecurityGroupRuleSpec(int Protocol, int FromPort, int ToPort, string? CidrBlock, string? GroupId);
