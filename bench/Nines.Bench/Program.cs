using System.Runtime.InteropServices;
using Nines.Bench;

// Prints figures for people: nothing here passes or fails. Names come first, then options of the bench "instant".
string[] names = [.. args.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal))];
var (instant, wrong) = InstantOptions.Parse(args[names.Length..]);
if (instant is null)
{
    await Console.Error.WriteLineAsync(wrong);
    return 2;
}

var benches = new Dictionary<string, Func<TextWriter, CancellationToken, Task>>(StringComparer.Ordinal)
{
    ["control"] = ControlBench.RunAsync,
    ["debian"] = LaunchBench.RunDebianAsync,
    ["disk"] = DiskBench.RunAsync,
    ["gateway"] = GatewayBench.RunAsync,
    ["instant"] = (output, token) => InstantBench.RunAsync(instant, output, token),
    ["launch"] = LaunchBench.RunTinyAsync,
    ["memory"] = MemoryBench.RunAsync,
    ["network"] = NetworkBench.RunAsync,
    ["packets"] = PacketBench.RunAsync,
    ["store"] = StoreBench.RunAsync,
    ["streams"] = StreamBench.RunAsync,
};
// A bench that is interrupted still removes what it made.
using var stop = new CancellationTokenSource();
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
foreach (var name in names.Length == 0 ? benches.Keys.Order(StringComparer.Ordinal) : names.AsEnumerable())
{
    if (!benches.TryGetValue(name, out var run))
    {
        await Console.Error.WriteLineAsync($"There is no bench '{name}'. There are: {string.Join(", ", benches.Keys.Order(StringComparer.Ordinal))}.");
        return 2;
    }

    try
    {
        await run(Console.Out, stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return 130;
    }
}

return 0;

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
