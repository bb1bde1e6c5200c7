using System.Collections.Immutable;

namespace Nines.Control.Services.Ec2.Reachability;

/// <summary>Writes down what a packet meets; after what does not let it pass it meets nothing more.</summary>
internal sealed class ReachTrace
{
    private readonly ImmutableArray<ReachStep>.Builder _steps = ImmutableArray.CreateBuilder<ReachStep>();

    /// <summary>Whether it has been let pass so far.</summary>
    public bool IsOpen => _steps.Count == 0 || _steps[^1].Passes;

    public void Pass(string id, string text, bool isAnswer = false) => Add(new(id, true, "", text, isAnswer));

    public void Block(string id, string code, string text, bool isAnswer = false) => Add(new(id, false, code, text, isAnswer));

    public ReachVerdict ToVerdict() => new(_steps.ToImmutable());

    private void Add(ReachStep step)
    {
        if (IsOpen)
        {
            _steps.Add(step);
        }
    }
}
