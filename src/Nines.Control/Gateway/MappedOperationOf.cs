using Nines.Wire.Schemas;

namespace Nines.Control.Gateway;

/// <inheritdoc/>
internal sealed class MappedOperation<TIn, TOut>(Operation<TIn, TOut> operation, Handler<TIn, TOut> handler, bool answersDryRun)
    : MappedOperation(operation, answersDryRun)
    where TIn : IShape<TIn>
    where TOut : IShape<TOut>
{
    // Looked up once, when the operation is mapped: a request then costs one delegate call.
    private readonly Func<TIn, bool?>? _dryRun = typeof(TIn).GetProperty("DryRun")?.GetMethod?.CreateDelegate<Func<TIn, bool?>>();

    public override bool IsDryRun(IShape input) => _dryRun?.Invoke((TIn)input) ?? false;

    public override ValueTask<IShape> InvokeAsync(IShape input, Call call, CancellationToken cancellationToken)
    {
        var answer = handler((TIn)input, call, cancellationToken);
        return answer.IsCompletedSuccessfully ? new ValueTask<IShape>(answer.Result) : Awaited(answer);

        static async ValueTask<IShape> Awaited(ValueTask<TOut> answer) => await answer;
    }
}
