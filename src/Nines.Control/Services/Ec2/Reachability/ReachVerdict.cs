using System.Collections.Immutable;

namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>Whether a packet would arrive and be answered, and what decided so, in the order of its way.</summary>
internal sealed record ReachVerdict(ImmutableArray<ReachStep> Steps)
{
    /// <summary>Whether it arrives and is answered.</summary>
    public bool IsReachable => Steps.All(step => step.Passes);

    /// <summary>The first that does not let it pass, or <see langword="null"/>.</summary>
    public ReachStep? Decider => Steps.FirstOrDefault(step => !step.Passes);
}
