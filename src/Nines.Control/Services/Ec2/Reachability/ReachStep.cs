namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>Something that lets a packet pass, or does not.</summary>
/// <param name="ResourceId">What decides: an interface, a group, an access list, a route table, a gateway, a peering.</param>
/// <param name="Passes">Whether it lets the packet pass.</param>
/// <param name="Code">AWS's code for what does not (Reachability Analyzer: explanation codes); empty for what does.</param>
/// <param name="Text">Which rule or route it is, in words.</param>
/// <param name="IsAnswer">Whether it is about the answer's way back.</param>
internal sealed record ReachStep(string ResourceId, bool Passes, string Code, string Text, bool IsAnswer = false);
