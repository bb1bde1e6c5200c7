namespace Nines.Control.Admin;

/// <summary>Something that a packet meets.</summary>
/// <param name="ResourceId">What: a group, an access list, a route table, a gateway, a peering, an interface.</param>
/// <param name="Passes">Whether it lets the packet pass.</param>
/// <param name="Text">By which rule.</param>
/// <param name="IsAnswer">Whether it is about the answer.</param>
internal sealed record ReachLine(string ResourceId, bool Passes, string Text, bool IsAnswer);
