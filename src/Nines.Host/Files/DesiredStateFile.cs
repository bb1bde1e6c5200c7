using System.Text.Json;
using Nines.Host.Api;

namespace Nines.Host.Files;

/// <summary>The desired state that a host accepted, on disk.</summary>
internal sealed class DesiredStateFile(HostOptions options)
{
    private string StatePath => Path.Combine(options.StateDirectory, "desired.json");

    private string AgentPath => Path.Combine(options.StateDirectory, "agent.json");

    /// <summary>The last accepted state; generation 0 when there is none.</summary>
    /// <exception cref="InvalidDataException">The file is damaged.</exception>
    public HostState Load()
    {
        if (!File.Exists(StatePath))
        {
            return new HostState { Generation = 0 };
        }

        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(StatePath), HostJsonContext.Default.HostState)!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{StatePath} is damaged. Machines are left as they are.", exception);
        }
    }

    /// <summary>Returns when the state is on the disk.</summary>
    public Task SaveAsync(HostState state, CancellationToken cancellationToken) =>
        DurableFile.WriteAsync(StatePath, JsonSerializer.SerializeToUtf8Bytes(state, HostJsonContext.Default.HostState), cancellationToken);

    /// <summary>Counts this start of the agent.</summary>
    /// <returns>How often it was started, this time included.</returns>
    public async Task<long> CountStartAsync(CancellationToken cancellationToken)
    {
        var starts = 1L;
        try
        {
            starts += File.Exists(AgentPath)
                ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(AgentPath, cancellationToken), HostFilesJsonContext.Default.AgentRecord)!.Starts
                : 0;
        }
        catch (JsonException)
        {
            // Counting begins again; a reader whose number is larger gets a full report.
        }

        await DurableFile.WriteAsync(
            AgentPath, JsonSerializer.SerializeToUtf8Bytes(new AgentRecord(starts), HostFilesJsonContext.Default.AgentRecord), cancellationToken);
        return starts;
    }

    /// <summary>Removes both files.</summary>
    public void Delete()
    {
        File.Delete(StatePath);
        File.Delete(AgentPath);
    }
}
