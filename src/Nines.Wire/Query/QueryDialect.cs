using Nines.Wire.Schemas;

namespace Nines.Wire.Query;

/// <summary>What differs between EC2's query protocol and the one of all other services.</summary>
internal abstract class QueryDialect
{
    /// <summary>The structure's member of that parameter name, or null.</summary>
    public abstract Member? Find(Schema schema, string name);

    /// <summary>The member's parameter name.</summary>
    public abstract string NameOf(Member member);

    /// <summary>The name between a list's own and an item's index; null when the index follows at once.</summary>
    public abstract string? ItemName(Member list);

    /// <summary>Whether a parameter that the operation does not have is an error.</summary>
    public abstract bool RefusesUnknown { get; }

    /// <summary>The error for a value that is not of the member's type.</summary>
    public static AwsException Invalid(string path, string value, ShapeType expected) =>
        new("InvalidParameterValue", $"Value ({Shorten(value)}) for parameter {path} is invalid. Expected {Text.ScalarText.Describe(expected)}.");

    /// <summary>The error for a parameter that the operation does not have.</summary>
    public static AwsException Unknown(string path) => new("UnknownParameter", $"The parameter {Shorten(path)} is not recognized");

    private static string Shorten(string text) => text.Length <= 128 ? text : text[..128] + "...";
}
