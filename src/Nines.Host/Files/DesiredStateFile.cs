using System.Text.Json;
using Nines.Host.Api;

namespace Nines.Host.Files;

/// <summary>The desired state that a host accepted, on disk.</summary>
internal sealed class DesiredStateFile(HostOptions options)
{
    private string StatePath => Path.Combine(options.StateDirectory, "desired.json");

    private string AgentPath => Path.Combine(options.StateDirectory, "agent.json");

    /// <summary>
    /// The last accepted state; generation 0 when there is none. A damaged file is put aside: the control plane sends the state
    /// again, and until then machines are left as they are.
    /// </summary>
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
        catch (JsonException)
        {
            File.Move(StatePath, StatePath + ".damaged", overwrite: true);
            return new HostState { Generation = 0 };
        }
    }

    /// <summary>Returns when the state is on the disk, without the secrets that disks are encrypted with: those are said again after a start.</summary>
    public Task SaveAsync(HostState state, CancellationToken cancellationToken) =>
        DurableFile.WriteAsync(StatePath, JsonSerializer.SerializeToUtf8Bytes(WithoutSecrets(state), HostJsonContext.Default.HostState), cancellationToken);

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

    private static HostState WithoutSecrets(HostState state) => state with
    {
        Volumes = state.Volumes.SetItems(state.Volumes.Where(entry => entry.Value.Key is not null || entry.Value.SourceKey is not null)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value with { Key = Written(entry.Value.Key), SourceKey = Written(entry.Value.SourceKey) }))),
        Transfers = state.Transfers.SetItems(state.Transfers.Where(entry => entry.Value.DiskKey is not null)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value with { DiskKey = Written(entry.Value.DiskKey) }))),
        Snapshots = state.Snapshots.SetItems(state.Snapshots.Where(entry => entry.Value.Key is not null || entry.Value.SourceKey is not null)
            .Select(entry => KeyValuePair.Create(entry.Key, entry.Value with { Key = Written(entry.Value.Key), SourceKey = Written(entry.Value.SourceKey) }))),
    };

    /// <summary>Why a secret is not to be had may have changed by the next start, too.</summary>
    private static DiskKey? Written(DiskKey? key) => key is null ? null : new DiskKey(key.Id);

    /// <summary>Removes both files.</summary>
    public void Delete()
    {
        File.Delete(StatePath);
        File.Delete(StatePath + ".damaged");
        File.Delete(AgentPath);
    }
}
