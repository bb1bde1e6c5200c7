using Nines.Wire.Schemas;

namespace Nines.Control.Gateway;

/// <summary>An operation with the method that answers it.</summary>
/// <param name="operation">The operation.</param>
/// <param name="answersDryRun">Whether the method answers dry runs itself.</param>
internal abstract class MappedOperation(Operation operation, bool answersDryRun)
{
    /// <summary>The operation.</summary>
    public Operation Operation { get; } = operation;

    /// <summary>The action that a policy allows or denies: <c>ec2:RunInstances</c>.</summary>
    public string Action { get; } = $"{operation.Service.SigningName}:{operation.Name}";

    /// <summary>Whether the method answers dry runs itself, after it has validated its input.</summary>
    public bool AnswersDryRun { get; } = answersDryRun;

    /// <summary>Whether the input asks only if the call would be allowed.</summary>
    public abstract bool IsDryRun(IShape input);

    /// <summary>Answers a request.</summary>
    public abstract ValueTask<IShape> InvokeAsync(IShape input, Call call, CancellationToken cancellationToken);
}
