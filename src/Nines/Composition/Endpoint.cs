using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nines.Composition;

/// <summary>Where a running cloud listens.</summary>
/// <param name="Url">Base address of the API.</param>
/// <param name="ProcessId">Process that serves it.</param>
/// <param name="StartTicks">Start time of that process in clock ticks after boot (field 22 of /proc/PID/stat); tells a reused process id from the same process.</param>
internal sealed record Endpoint(string Url, int ProcessId, long StartTicks)
{
    /// <summary>Whether its process still lives; another process that got the same id does not count.</summary>
    public bool IsAlive() => ReadStartTicks(ProcessId) == StartTicks;

    /// <summary>Whether its process was killed and is not gone yet: its memory is given back before its files and its port are.</summary>
    public bool IsEnding()
    {
        try
        {
            return IsAlive() && File.ReadAllText($"/proc/{ProcessId}/cmdline").Length == 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>The endpoint that a state directory names, if its process still lives.</summary>
    public static Endpoint? FindRunning(CloudPaths state)
    {
        try
        {
            using var file = File.OpenRead(state.Endpoint);
            var endpoint = JsonSerializer.Deserialize(file, EndpointJsonContext.Default.Endpoint);
            return endpoint is not null && endpoint.IsAlive() ? endpoint : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>The endpoint of the running cloud, or an error that says how to start one.</summary>
    public static Endpoint GetRunning(CloudPaths state) =>
        FindRunning(state) ?? throw new UserException(
            $"no cloud is running with its state in {state.Path}: start it with 'nines up --detach{state.Option}', or name another's with --state DIR or NINES_STATE", ExitCode.Unavailable);

    /// <summary>Says where this process listens; replaced whole so that no reader sees half a file.</summary>
    public static void Publish(CloudPaths state, string url)
    {
        var endpoint = new Endpoint(url, Environment.ProcessId, ReadStartTicks(Environment.ProcessId) ?? 0);
        var temporary = state.Endpoint + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(endpoint, EndpointJsonContext.Default.Endpoint));
        File.Move(temporary, state.Endpoint, overwrite: true);
    }

    private static long? ReadStartTicks(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return fields[0] == "Z" && !HasOtherThreads(processId) ? null : long.Parse(fields[19], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether threads of an ended first one live on: a killed process has its files and its port until the last of them is gone.</summary>
    private static bool HasOtherThreads(int processId) => Directory.EnumerateDirectories($"/proc/{processId}/task").Skip(1).Any();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Endpoint))]
internal sealed partial class EndpointJsonContext : JsonSerializerContext;
