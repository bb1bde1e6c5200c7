using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nines.Composition;

/// <summary>What a state directory is of, decided at its first start: over this machine, or over so many hosts in memory.</summary>
/// <param name="SimulatedHosts">Hosts in memory; 0: this machine is the host and servers are real.</param>
internal sealed record CloudKind(int SimulatedHosts)
{
    /// <summary>What the state is of; <see langword="null"/> when there is none yet.</summary>
    /// <exception cref="UserException">The file that says it cannot be read.</exception>
    public static CloudKind? Find(CloudPaths state)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(state.Kind), CloudKindJsonContext.Default.CloudKind);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new UserException($"{state.Kind} cannot be read, so it is not known whether the servers of this cloud are real: {e.Message}", ExitCode.Unavailable);
        }
    }

    /// <summary>How many hosts in memory there shall be: as asked, as the state is, or none.</summary>
    /// <exception cref="UserException">What is asked contradicts the state.</exception>
    public static int SimulatedHostsOf(CloudPaths state, int? asked)
    {
        if (Find(state) is not { } known)
        {
            return asked ?? 0;
        }

        return asked is null || asked == known.SimulatedHosts
            ? known.SimulatedHosts
            : throw new UserException(
                $"the cloud in {state.Path} runs over {Name(known.SimulatedHosts)}, not over {Name(asked.Value)}: leave out --simulated-hosts, or choose another directory with --state",
                ExitCode.Usage);
    }

    /// <summary>Remembers it. Whoever calls holds the state directory.</summary>
    public void Keep(CloudPaths state)
    {
        if (Find(state) == this)
        {
            return;
        }

        var temporary = state.Kind + ".new";
        File.WriteAllText(temporary, JsonSerializer.Serialize(this, CloudKindJsonContext.Default.CloudKind));
        File.Move(temporary, state.Kind, overwrite: true);
    }

    private static string Name(int hosts) => hosts switch
    {
        0 => "this machine",
        1 => "1 host in memory",
        _ => $"{hosts} hosts in memory",
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CloudKind))]
internal sealed partial class CloudKindJsonContext : JsonSerializerContext;
