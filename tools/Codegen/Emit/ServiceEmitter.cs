using Codegen.Models;

namespace Codegen.Emit;

/// <summary>Makes all C# of one service: a record per structure, constants per enumeration, and the operations' descriptors.</summary>
internal sealed class ServiceEmitter(ServiceModel model, string rootNamespace)
{
    private readonly string _namespace = rootNamespace + "." + model.Name;

    /// <summary>The files by name.</summary>
    public IEnumerable<(string Name, string Text)> Emit()
    {
        var taken = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (type, text) in Types())
        {
            if (!taken.TryAdd(type, type))
            {
                throw new InvalidOperationException($"{model.Id}: two shapes would become the type {type}; rename one in a patch.");
            }

            yield return (type + ".g.cs", text);
        }
    }

    private IEnumerable<(string Type, string Text)> Types()
    {
        yield return (model.Name + "Api", Descriptors());
        var shapes = new TypeMap(model);
        foreach (var operation in model.Operations)
        {
            yield return Structure(shapes, operation.Name + "Request", operation.Input);
            yield return Structure(shapes, operation.Name + "Result", operation.Output);
        }

        // An operation's own input and output shapes were emitted under the operation's name, unless others use them too.
        foreach (var name in shapes.Reachable())
        {
            var shape = model.Shapes[name];
            if (shape.Type == "structure")
            {
                yield return Structure(shapes, shapes.TypeName(name), name);
            }
            else if (shape.Enum.Count > 0)
            {
                yield return (shapes.TypeName(name), EnumEmitter.Emit(_namespace, shapes.TypeName(name), shape));
            }
        }
    }

    private (string Type, string Text) Structure(TypeMap shapes, string type, string? shape)
    {
        var structure = shape is null ? new ShapeModel(type, "structure", [], [], null, null, null, null, false) : model.Shapes[shape];
        return (type, new StructureEmitter(shapes, _namespace, type, structure).Emit());
    }

    private string Descriptors()
    {
        var source = new SourceText();
        source.Line("using Nines.Wire.Schemas;").Line().Line($"namespace {_namespace};").Line();
        source.Line($"/// <summary>{model.Metadata["serviceFullName"]}: the implemented operations.</summary>");
        source.Line($"public static class {model.Name}Api").Open();
        foreach (var operation in model.Operations)
        {
            Descriptor(source, operation);
        }

        source.Line("/// <summary>The service.</summary>");
        source.Line($"public static ServiceDescriptor Service {{ get; }} = new({CSharp.Literal(model.Id)}, ProtocolKind.{Protocol()}, [{string.Join(", ", model.Operations.Select(operation => operation.Name))}])").Open();
        foreach (var (property, key) in (ReadOnlySpan<(string, string)>)
            [("FullName", "serviceFullName"), ("ApiVersion", "apiVersion"), ("EndpointPrefix", "endpointPrefix"), ("TargetPrefix", "targetPrefix"), ("XmlNamespace", "xmlNamespace")])
        {
            if (model.Metadata.TryGetValue(key, out var value))
            {
                source.Line($"{property} = {CSharp.Literal(value)},");
            }
        }

        if (model.Metadata.ContainsKey("awsQueryCompatible"))
        {
            source.Line("QueryCompatible = true,");
        }

        if (model.Metadata.ContainsKey("bareXmlErrors"))
        {
            source.Line("BareXmlErrors = true,");
        }

        source.Line($"SigningName = {CSharp.Literal(model.SigningName)},");
        return source.Close(";").Close().ToString();
    }

    private static void Descriptor(SourceText source, OperationModel operation)
    {
        source.Line($"/// <summary>The operation {operation.Name}.</summary>");
        source.Line($"public static Operation<{operation.Name}Request, {operation.Name}Result> {operation.Name} {{ get; }} = new({CSharp.Literal(operation.Name)})").Open();
        if (operation.Method != "POST")
        {
            source.Line($"Method = {CSharp.Literal(operation.Method)},");
        }

        if (operation.RequestUri != "/")
        {
            source.Line($"RequestUri = {CSharp.Literal(operation.RequestUri)},");
        }

        if (operation.SuccessStatus != 200)
        {
            source.Line($"SuccessStatus = {operation.SuccessStatus},");
        }

        if (operation.Output is null)
        {
            source.Line("HasOutput = false,");
        }

        if (operation.ResultWrapper is not null)
        {
            source.Line($"ResultWrapper = {CSharp.Literal(operation.ResultWrapper)},");
        }

        if (operation.InputElement is not null)
        {
            source.Line($"InputElement = {CSharp.Literal(operation.InputElement)},");
        }

        if (operation.OutputElement is not null)
        {
            source.Line($"OutputElement = {CSharp.Literal(operation.OutputElement)},");
        }

        if (operation.InputNamespace is { } ns)
        {
            source.Line($"InputNamespace = new({CSharp.Literal(ns.Uri)}, {CSharp.Literal(ns.Prefix)}),");
        }

        source.Close(";").Line();
    }

    private string Protocol() => (model.Metadata["protocol"], model.Metadata.GetValueOrDefault("jsonVersion")) switch
    {
        ("ec2", _) => "Ec2",
        ("query", _) => "Query",
        ("rest-xml", _) => "RestXml",
        ("rest-json", _) => "RestJson",
        ("json", "1.0") => "Json10",
        ("json", _) => "Json11",
        ("smithy-rpc-v2-cbor", _) => "RpcV2Cbor",
        var (protocol, _) => throw new InvalidOperationException($"{model.Id}: unknown protocol '{protocol}'."),
    };
}
