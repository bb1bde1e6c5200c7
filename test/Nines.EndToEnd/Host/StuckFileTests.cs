using System.Diagnostics;
using Nines.Host.Api;

namespace Nines.EndToEnd.Host;

/// <summary>What a host cannot do with one file ends nothing else.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class StuckFileTests : IAsyncDisposable
{
    private const string First = "vol-0000000000000000a";
    private const string Second = "vol-0000000000000000b";
    private readonly TestHost _host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The rest of a volume that is gone, which is to be removed.</summary>
    private string Stuck => Path.Combine(_host.Options.StateDirectory, "volumes", "vol-0000000000000000c.base");

    public async ValueTask DisposeAsync()
    {
        await _host.Commands.RunAsync(new("umount", "--lazy", Stuck), CancellationToken.None);
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Volumes_are_made_beside_a_file_that_cannot_be_removed()
    {
        await _host.StartAsync();
        await ApplyAsync(new VolumeSpec { Id = First, SizeGiB = 1 });
        await WaitAsync(First, VolumeState.Ready);
        await File.WriteAllTextAsync(Stuck, "", Cancellation);
        // Nobody can remove what something is mounted on.
        await _host.Commands.RunAsync(new("mount", "--bind", Stuck, Stuck), Cancellation);

        await ApplyAsync(new VolumeSpec { Id = First, SizeGiB = 1, Presence = Presence.Absent });
        await WaitAsync(First, VolumeState.Gone);
        await ApplyAsync(new VolumeSpec { Id = Second, SizeGiB = 1 });

        await WaitAsync(Second, VolumeState.Ready);
    }

    private Task ApplyAsync(VolumeSpec volume)
    {
        _host.Desired = _host.Desired with { Volumes = _host.Desired.Volumes.SetItem(volume.Id, volume) };
        return _host.ApplyAsync();
    }

    private async Task WaitAsync(string id, VolumeState state)
    {
        var elapsed = Stopwatch.StartNew();
        var sequence = 0L;
        VolumeState? last = null;
        while (last != state)
        {
            elapsed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), $"{id} is {last}");
            var report = await _host.Agent.ReportAsync(sequence, TimeSpan.FromSeconds(1), Cancellation);
            sequence = report.Sequence;
            last = report.Volumes.FirstOrDefault(volume => volume.Id == id)?.State ?? last;
        }
    }
}
