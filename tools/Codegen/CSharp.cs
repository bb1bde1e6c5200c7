using System.Text;

namespace Codegen;

/// <summary>Names and literals of C#.</summary>
internal static class CSharp
{
    // Names that a generated record already has for other purposes.
    private static readonly HashSet<string> Taken = ["Schema", "Read", "WriteMembers", "GetSchema", "Equals", "GetHashCode", "ToString", "GetType", "EqualityContract", "PrintMembers", "Clone"];

    /// <summary>The name with its first letter in upper case, characters that C# does not have in names dropped.</summary>
    public static string Pascal(string name)
    {
        var text = new StringBuilder(name.Length);
        var upper = true;
        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterOrDigit(letter))
            {
                upper = true;
                continue;
            }

            text.Append(upper ? char.ToUpperInvariant(letter) : letter);
            upper = false;
        }

        return text.Length > 0 && char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }

    /// <summary>The property for a member of <paramref name="type"/>; C# forbids one named like its type.</summary>
    public static string Property(string type, string member)
    {
        var name = Pascal(member);
        return name == type || Taken.Contains(name) ? name + "Value" : name;
    }

    /// <summary>A string literal or <c>null</c>.</summary>
    public static string Literal(string? text) => text is null ? "null" : "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}
