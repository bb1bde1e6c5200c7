namespace Codegen;

/// <summary>One pair of folders that the tool keeps in step: trimmed models and the C# generated from them.</summary>
/// <param name="Models">Folder with <c>implemented.txt</c>, one <c>&lt;service&gt;.json</c> per service and <c>patches/</c>.</param>
/// <param name="Output">Folder that holds one folder of <c>*.g.cs</c> per service.</param>
/// <param name="Namespace">Root namespace of the generated code.</param>
/// <param name="Catalogue">Whether <c>services.json</c> is made in <paramref name="Models"/>, and <c>docs/coverage.md</c> from it.</param>
internal sealed record Target(string Models, string Output, string Namespace, bool Catalogue)
{
    /// <summary>The product's models, and the fixtures that let the tests exercise protocols that no service here speaks yet.</summary>
    public static IReadOnlyList<Target> All { get; } =
    [
        new("models", "src/Nines.Api", "Nines.Api", Catalogue: true),
        new("test/Nines.Wire.Tests/Models", "test/Nines.Wire.Tests/Generated", "Nines.Wire.Tests.Generated", Catalogue: false),
    ];
}
