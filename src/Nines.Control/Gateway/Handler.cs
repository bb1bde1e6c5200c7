using Nines.Wire.Schemas;

namespace Nines.Control.Gateway;

/// <summary>Answers one operation. It validates, records intent in one transaction, and returns; errors are <see cref="Wire.AwsException"/>.</summary>
/// <typeparam name="TIn">The request, parsed.</typeparam>
/// <typeparam name="TOut">The result.</typeparam>
internal delegate ValueTask<TOut> Handler<in TIn, TOut>(TIn input, Call call, CancellationToken cancellationToken)
    where TIn : IShape
    where TOut : IShape;
