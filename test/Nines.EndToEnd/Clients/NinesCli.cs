using Nines.Composition;
using Nines.Testing;

namespace Nines.EndToEnd.Clients;

/// <summary>The program itself, as a user starts it.</summary>
/// <param name="images">Where it keeps its images; where the machine keeps them when <see langword="null"/>.</param>
internal sealed class NinesCli(string state, string? images = null)
{
    /// <summary>The program that runs the tests (<c>nines test</c>), or the one that was built beside them.</summary>
    public static readonly string Program = System.Environment.GetEnvironmentVariable(TestRunner.ProgramVariable) ?? Path.Combine(AppContext.BaseDirectory, "nines");

    /// <summary>What every start of it gets: where its state is, and where its sources are.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["NINES_STATE"] = state,
        ["NINES_ROOT"] = SourceFolder.Root,
        ["NO_COLOR"] = "1",
        ["NINES_IMAGES"] = images ?? CloudPaths.ImageCache,
    };

    /// <summary>Builds an image, or finds it built: what one test has built, all tests of this machine use.</summary>
    public Task<ClientResult> BuildImageAsync(string name) =>
        ClientProcess.RunAsync(Program, ["images", "build", name], Environment, patience: TimeSpan.FromMinutes(30));

    public Task<ClientResult> RunAsync(params string[] arguments) => ClientProcess.RunAsync(Program, arguments, Environment);
}
