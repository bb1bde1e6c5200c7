using Nines.Bench;

var benches = new Dictionary<string, Func<TextWriter, CancellationToken, Task>>(StringComparer.OrdinalIgnoreCase)
{
    ["launch"] = LaunchBench.RunAsync,
};

using var interrupted = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    interrupted.Cancel();
};

var chosen = args.Length == 0 ? benches.Keys.ToArray() : args;
foreach (var name in chosen)
{
    if (!benches.TryGetValue(name, out var bench))
    {
        Console.Error.WriteLine($"there is no benchmark {name}; there are: {string.Join(", ", benches.Keys)}");
        return 64;
    }

    Console.WriteLine($"== {name}");
    await bench(Console.Out, interrupted.Token);
}

return 0;
