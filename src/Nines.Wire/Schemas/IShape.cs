namespace Nines.Wire.Schemas;

/// <summary>A structure's value: a generated record.</summary>
public interface IShape
{
    /// <summary>What the value is made of.</summary>
    Schema GetSchema();

    /// <summary>Writes every member that is not null, in the model's order, XML attributes first.</summary>
    void WriteMembers(ShapeWriter writer);
}
