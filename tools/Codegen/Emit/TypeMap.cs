using Codegen.Models;

namespace Codegen.Emit;

/// <summary>What C# each shape of a model becomes.</summary>
internal sealed class TypeMap(ServiceModel model)
{
    private readonly HashSet<string> _roots = [.. model.Operations.SelectMany(operation => (string[])[operation.Name + "Request", operation.Name + "Result"])];

    /// <summary>The shape of that name.</summary>
    public ShapeModel Shape(string name) => model.Shapes[name];

    /// <summary>The type that a structure or enumeration becomes.</summary>
    public string TypeName(string shape)
    {
        var name = CSharp.Pascal(shape);
        return _roots.Contains(name) ? name + "Shape" : name;
    }

    /// <summary>The shapes that members use, directly or through other shapes, ordinal order.</summary>
    public IEnumerable<string> Reachable()
    {
        var found = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var operation in model.Operations)
        {
            Visit(operation.Input, found);
            Visit(operation.Output, found);
        }

        return found;
    }

    /// <summary>The C# type of a use of the shape, without <c>?</c>.</summary>
    public string CSharpType(string shape) => Shape(shape) switch
    {
        { Type: "list", Item: { } item } => $"IReadOnlyList<{CSharpType(item.Shape)}>",
        { Type: "map", Value: { } value } => $"IReadOnlyDictionary<string, {CSharpType(value.Shape)}>",
        { Type: "structure" } => TypeName(shape),
        { Type: "string" or "character" } => "string",
        { Type: "boolean" } => "bool",
        { Type: "integer" } => "int",
        { Type: "long" } => "long",
        { Type: "float" } => "float",
        { Type: "double" } => "double",
        { Type: "timestamp" } => "DateTimeOffset",
        { Type: "blob" } => "ReadOnlyMemory<byte>",
        var other => throw new InvalidOperationException($"{model.Id}: {shape} has the type '{other.Type}', which is not supported."),
    };

    /// <summary>The name of the shape's type in <c>ShapeType</c>, and so of the methods that write and read it.</summary>
    public string Kind(string shape) => CSharp.Pascal(Shape(shape).Type);

    private void Visit(string? root, SortedSet<string> found)
    {
        if (root is null)
        {
            return;
        }

        var shape = model.Shapes[root];
        foreach (var member in shape.Members.Concat(new[] { shape.Item, shape.Value }.OfType<MemberModel>()))
        {
            if (found.Add(member.Shape))
            {
                Visit(member.Shape, found);
            }
        }
    }
}
