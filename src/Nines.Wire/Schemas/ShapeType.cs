namespace Nines.Wire.Schemas;

#pragma warning disable CA1720 // The members are named after the AWS model's types, some of which C# has too.

/// <summary>The types a value on the wire can have.</summary>
public enum ShapeType
{
    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A signed 32-bit number.</summary>
    Integer,

    /// <summary>A signed 64-bit number.</summary>
    Long,

    /// <summary>An IEEE 754 single.</summary>
    Float,

    /// <summary>An IEEE 754 double.</summary>
    Double,

    /// <summary>Unicode text. Enumerations are strings: a client may know values that this model does not.</summary>
    String,

    /// <summary>Bytes.</summary>
    Blob,

    /// <summary>A point in time, kept to the millisecond on the wire.</summary>
    Timestamp,

    /// <summary>Values in order.</summary>
    List,

    /// <summary>Values by string key.</summary>
    Map,

    /// <summary>Named members.</summary>
    Structure,
}
