using Codegen.Models;

namespace Codegen.Emit;

/// <summary>Makes the record of one structure: its members, its schema, and how it is written and read.</summary>
internal sealed class StructureEmitter(TypeMap types, string ns, string type, ShapeModel shape)
{
    private static readonly Dictionary<string, string> Locations = new()
    {
        ["uri"] = "Uri",
        ["querystring"] = "QueryString",
        ["header"] = "Header",
        ["headers"] = "HeaderPrefix",
        ["statusCode"] = "StatusCode",
    };

    private static readonly Dictionary<string, string> Formats = new()
    {
        ["iso8601"] = "DateTime",
        ["rfc822"] = "HttpDate",
        ["unixTimestamp"] = "EpochSeconds",
    };

    private static readonly Dictionary<string, string> Flags = new()
    {
        ["flattened"] = "Flattened",
        ["xmlAttribute"] = "XmlAttribute",
        ["idempotencyToken"] = "IdempotencyToken",
        ["sensitive"] = "Sensitive",
        ["jsonvalue"] = "JsonValue",
        ["streaming"] = "Streaming",
    };

    private readonly SourceText _source = new();

    public string Emit()
    {
        _source.Line("using Nines.Wire.Schemas;").Line().Line($"namespace {ns};").Line();
        _source.Line($"/// <summary>AWS's structure <c>{shape.Name}</c>.</summary>");
        _source.Line($"public sealed record {type} : IShape<{type}>").Open();
        Schema();
        Properties();
        _source.Line("/// <inheritdoc/>").Line("public Schema GetSchema() => Schema;").Line();
        _source.Line("/// <summary>The value for people and logs, without what is sensitive.</summary>").Line("public override string ToString() => ShapeDescription.Of(this);").Line();
        WriteMembers();
        Read();
        return _source.Close().ToString();
    }

    private void Schema()
    {
        _source.Line("/// <inheritdoc/>");
        var traits = new List<string>();
        if (shape.Payload is not null)
        {
            traits.Add($"Payload = {CSharp.Literal(shape.Payload)}");
        }

        if (shape.Union)
        {
            traits.Add("Union = true");
        }

        var suffix = traits.Count == 0 ? ";" : $" {{ {string.Join(", ", traits)} }};";
        if (shape.Members.Count == 0)
        {
            _source.Line($"public static Schema Schema {{ get; }} = new({CSharp.Literal(shape.Name)}){suffix}").Line();
            return;
        }

        _source.Line($"public static Schema Schema {{ get; }} = new(").Indent().Line(CSharp.Literal(shape.Name) + ",").Line("[").Indent();
        foreach (var member in shape.Members)
        {
            _source.Line(Member(member, CSharp.Literal(member.Name)) + ",");
        }

        _source.Unindent().Line("])" + suffix).Unindent().Line();
    }

    private string Member(MemberModel member, string name)
    {
        var target = types.Shape(member.Shape);
        var traits = new List<string>();
        if (member.LocationName is not null)
        {
            traits.Add($"LocationName = {CSharp.Literal(member.LocationName)}");
        }

        if (member.QueryName is not null)
        {
            traits.Add($"QueryName = {CSharp.Literal(member.QueryName)}");
        }

        if (member.Location is not null)
        {
            traits.Add($"Location = MemberLocation.{Locations[member.Location]}");
        }

        if (member.TimestampFormat is not null)
        {
            traits.Add($"TimestampFormat = TimestampFormat.{Formats[member.TimestampFormat]}");
        }

        if (member.XmlNamespace is { } xml)
        {
            traits.Add($"XmlNamespace = new({CSharp.Literal(xml.Uri)}, {CSharp.Literal(xml.Prefix)})");
        }

        if (member.Required)
        {
            traits.Add("Required = true");
        }

        traits.AddRange(Flags.Where(flag => member.Flags.Contains(flag.Key)).Select(flag => flag.Value + " = true"));
        switch (target.Type)
        {
            case "structure":
                traits.Add($"Of = () => {TypeReference(member.Shape)}.Schema{(types.TypeName(member.Shape) == type ? "!" : "")}");
                break;
            case "list":
                traits.Add("Item = " + Member(target.Item!, "\"member\""));
                break;
            case "map":
                traits.Add("Key = " + Member(target.Key!, "\"key\""));
                traits.Add("Value = " + Member(target.Value!, "\"value\""));
                break;
        }

        return $"new({name}, ShapeType.{types.Kind(member.Shape)})" + (traits.Count == 0 ? "" : $" {{ {string.Join(", ", traits)} }}");
    }

    private void Properties()
    {
        foreach (var member in shape.Members)
        {
            _source.Line($"/// <summary>AWS's <c>{member.Name}</c>{(types.Shape(member.Shape).Enum.Count > 0 ? $"; the values are in <see cref=\"{types.TypeName(member.Shape)}\"/>" : "")}.</summary>");
            _source.Line($"public {types.CSharpType(member.Shape)}? {Property(member)} {{ get; init; }}").Line();
        }
    }

    private void WriteMembers()
    {
        _source.Line("/// <inheritdoc/>").Line("public void WriteMembers(ShapeWriter writer)").Open();
        if (shape.Members.Count > 0)
        {
            _source.Line("var members = Schema.Members;");
        }

        foreach (var (member, index) in shape.Members.Select((member, index) => (member, index)).OrderBy(pair => pair.member.Flags.Contains("xmlAttribute") ? 0 : 1))
        {
            _source.Line($"if ({Property(member)} is {{ }} v{index})").Open();
            _source.Line(Write($"writer", $"members[{index}]", $"v{index}", member.Shape) + ";").Close().Line();
        }

        _source.TrimBlankLine().Close().Line();
    }

    private string Write(string writer, string member, string value, string target)
    {
        var kind = types.Kind(target);
        var model = types.Shape(target);
        return kind switch
        {
            "List" when types.Shape(model.Item!.Shape).Type == "structure" => $"{writer}.WriteStructures({member}, {value})",
            "List" => $"{writer}.WriteList({member}, {value}, static (w, m, v) => {Write("w", "m", "v", model.Item!.Shape)})",
            "Map" => $"{writer}.WriteMap({member}, {value}, static (w, m, v) => {Write("w", "m", "v", model.Value!.Shape)})",
            _ => $"{writer}.Write{kind}({member}, {value})",
        };
    }

    private void Read()
    {
        _source.Line("/// <inheritdoc/>").Line($"public static {type} Read(ShapeReader reader)").Open();
        for (var index = 0; index < shape.Members.Count; index++)
        {
            _source.Line($"{types.CSharpType(shape.Members[index].Shape)}? v{index} = null;");
        }

        _source.Line("reader.BeginStructure(Schema);");
        _source.Line("while (reader.NextMember() is { } member)").Open();
        if (shape.Members.Count > 0)
        {
            _source.Line("switch (member.Index)").Open();
            for (var index = 0; index < shape.Members.Count; index++)
            {
                _source.Line($"case {index}:").Indent();
                _source.Line($"v{index} = {ReadValue("reader", "member", shape.Members[index].Shape)};").Line("break;").Unindent();
            }

            _source.Close();
        }

        _source.Close().Line();
        _source.Line(shape.Members.Count == 0 ? $"return new {type}();" : $"return new {type}");
        if (shape.Members.Count > 0)
        {
            _source.Open();
            for (var index = 0; index < shape.Members.Count; index++)
            {
                _source.Line($"{Property(shape.Members[index])} = v{index},");
            }

            _source.Close(";");
        }

        _source.Close();
    }

    private string ReadValue(string reader, string member, string target)
    {
        var model = types.Shape(target);
        return types.Kind(target) switch
        {
            "List" => $"{reader}.ReadList({member}, static (r, m) => {ReadValue("r", "m", model.Item!.Shape)})",
            "Map" => $"{reader}.ReadMap({member}, static (r, m) => {ReadValue("r", "m", model.Value!.Shape)})",
            "Structure" => $"{TypeReference(target)}.Read({reader})",
            var kind => $"{reader}.Read{kind}({member})",
        };
    }

    // Where a property of another type has the type's name, C# would take the property.
    private string TypeReference(string target)
    {
        var name = types.TypeName(target);
        var hidden = shape.Members.Any(member => Property(member) == name && types.CSharpType(member.Shape) != name);
        return hidden ? $"global::{ns}.{name}" : name;
    }

    private string Property(MemberModel member) => CSharp.Property(type, member.Name);
}
