using Nines.Bench;

// Prints figures for people: nothing here passes or fails.
var benches = new Dictionary<string, Func<TextWriter, CancellationToken, Task>>(StringComparer.Ordinal)
{
    ["control"] = ControlBench.RunAsync,
    ["gateway"] = GatewayBench.RunAsync,
    ["launch"] = LaunchBench.RunAsync,
    ["memory"] = MemoryBench.RunAsync,
    ["network"] = NetworkBench.RunAsync,
    ["store"] = StoreBench.RunAsync,
};
foreach (var name in args.Length == 0 ? benches.Keys.Order(StringComparer.Ordinal) : args.AsEnumerable())
{
    if (!benches.TryGetValue(name, out var run))
    {
        await Console.Error.WriteLineAsync($"There is no bench '{name}'. There are: {string.Join(", ", benches.Keys.Order(StringComparer.Ordinal))}.");
        return 2;
    }

    await run(Console.Out, CancellationToken.None);
}

return 0;
