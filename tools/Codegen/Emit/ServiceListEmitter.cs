using Codegen.Models;

namespace Codegen.Emit;

/// <summary>Makes the list of all services that have implemented operations.</summary>
internal static class ServiceListEmitter
{
    public static string Emit(string ns, IReadOnlyList<ServiceModel> services)
    {
        var source = new SourceText();
        source.Line("using Nines.Wire.Schemas;").Line().Line($"namespace {ns};").Line();
        source.Line("/// <summary>The services that have implemented operations.</summary>");
        source.Line("public static partial class AwsServices").Open();
        source.Line("/// <summary>All of them, in ordinal order of their ids.</summary>");
        source.Line($"public static IReadOnlyList<ServiceDescriptor> Implemented {{ get; }} = [{string.Join(", ", services.Select(service => $"{service.Name}.{service.Name}Api.Service"))}];");
        return source.Close().ToString();
    }
}
