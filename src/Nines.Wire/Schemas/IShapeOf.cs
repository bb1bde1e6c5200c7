namespace Nines.Wire.Schemas;

/// <summary>The static side of a generated record: what is needed to read one.</summary>
/// <typeparam name="TSelf">The record.</typeparam>
public interface IShape<TSelf> : IShape
    where TSelf : IShape<TSelf>
{
    /// <summary>What a value is made of.</summary>
    static abstract Schema Schema { get; }

    /// <summary>Reads one value.</summary>
    /// <exception cref="AwsException">The input is not such a value.</exception>
    static abstract TSelf Read(ShapeReader reader);
}
