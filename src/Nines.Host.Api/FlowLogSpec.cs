namespace Nines.Host.Api;

/// <summary>A flow log: whose packets are written down, and where.</summary>
/// <param name="Id">The id, <c>fl-…</c>.</param>
/// <param name="ResourceId">The network, subnet or adapter whose packets are told.</param>
/// <param name="Traffic">Which of them.</param>
/// <param name="Group">The log group, which is a folder.</param>
/// <param name="Format">The fields of a line, see <see cref="FlowLogFormat"/>.</param>
public sealed record FlowLogSpec(string Id, string ResourceId, FlowTraffic Traffic, string Group, string Format);
