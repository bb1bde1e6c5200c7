using Nines.Wire.Schemas;

namespace Nines.Control.Gateway;

/// <summary>Which method answers which operation.</summary>
internal sealed class OperationTable
{
    private readonly Dictionary<Operation, MappedOperation> _operations = [];

    /// <summary>The operations that are answered.</summary>
    public IReadOnlyCollection<Operation> Operations => _operations.Keys;

    /// <summary>Answers an operation with a method.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="handler">The method.</param>
    /// <param name="answersDryRun">
    /// Whether the method calls <see cref="Call.AnswerDryRun"/> after it has validated its input. Otherwise a dry run is
    /// answered before the method is called, so that one that forgets about dry runs never does what was only asked about.
    /// </param>
    /// <exception cref="ArgumentException">The operation has a method already.</exception>
    public void On<TIn, TOut>(Operation<TIn, TOut> operation, Handler<TIn, TOut> handler, bool answersDryRun = false)
        where TIn : IShape<TIn>
        where TOut : IShape<TOut> =>
        _operations.Add(operation, new MappedOperation<TIn, TOut>(operation, handler, answersDryRun));

    /// <summary>The method of an operation, or null.</summary>
    public MappedOperation? Find(Operation operation) => _operations.GetValueOrDefault(operation);
}
