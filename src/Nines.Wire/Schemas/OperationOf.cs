namespace Nines.Wire.Schemas;

/// <summary>One operation of a service with the types of its request and result.</summary>
/// <typeparam name="TIn">The request.</typeparam>
/// <typeparam name="TOut">The result.</typeparam>
public sealed class Operation<TIn, TOut>(string name) : Operation(name)
    where TIn : IShape<TIn>
    where TOut : IShape<TOut>
{
    /// <inheritdoc/>
    public override Schema Input => TIn.Schema;

    /// <inheritdoc/>
    public override Schema Output => TOut.Schema;

    /// <inheritdoc/>
    public override IShape ReadInput(ShapeReader reader) => TIn.Read(reader);

    /// <inheritdoc/>
    public override IShape ReadOutput(ShapeReader reader) => TOut.Read(reader);
}
