namespace Nines.EndToEnd.Clients;

/// <summary>The program itself, as a user starts it.</summary>
internal sealed class NinesCli(string state)
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "nines");

    /// <summary>What every start of it gets: where its state is, and where its sources are.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["NINES_STATE"] = state,
        ["NINES_ROOT"] = SourceFolder.Root,
        ["NO_COLOR"] = "1",
    };

    public Task<ClientResult> RunAsync(params string[] arguments) => ClientProcess.RunAsync(Program, arguments, Environment);
}
