using Codegen.Models;

namespace Codegen.Emit;

/// <summary>Makes the constants of one enumeration. Values stay strings: clients may know values that the model does not.</summary>
internal static class EnumEmitter
{
    public static string Emit(string ns, string type, ShapeModel shape)
    {
        var source = new SourceText();
        source.Line($"namespace {ns};").Line();
        source.Line($"/// <summary>The values of AWS's enumeration <c>{shape.Name}</c>.</summary>");
        source.Line($"public static class {type}").Open();
        var names = new List<string>();
        foreach (var value in shape.Enum)
        {
            var name = Name(type, value, names);
            names.Add(name);
            source.Line($"/// <summary><c>{value.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)}</c></summary>");
            source.Line($"public const string {name} = {CSharp.Literal(value)};").Line();
        }

        source.Line("/// <summary>All values, in the model's order.</summary>");
        source.Line($"public static IReadOnlyList<string> All {{ get; }} = [{string.Join(", ", names)}];");
        return source.Close().ToString();
    }

    private static string Name(string type, string value, List<string> taken)
    {
        var name = CSharp.Pascal(value);
        name = name.Length == 0 ? "Empty" : name == type || name == "All" ? name + "Value" : name;
        while (taken.Contains(name))
        {
            name += "_";
        }

        return name;
    }
}
