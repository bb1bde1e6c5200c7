using Microsoft.Extensions.Time.Testing;
using Nines.Host.Api;
using Nines.Host.Reports;

namespace Nines.Host.Tests.Reports;

public sealed class ObservationLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ObservationLog _log;

    public ObservationLogTests() => _log = new ObservationLog(100, _time);

    [Fact]
    public async Task A_reader_without_a_number_gets_everything_at_once()
    {
        _log.Publish(Volume("vol-1", 1));
        _log.Publish(Volume("vol-2", 1));

        var report = await Read(0, TimeSpan.FromHours(1));

        report.Full.ShouldBeTrue();
        report.Volumes.Select(volume => volume.Id).ShouldBe(["vol-1", "vol-2"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_reader_gets_only_what_changed_since_its_last_report()
    {
        _log.Publish(Volume("vol-1", 1));
        _log.Publish(Volume("vol-2", 1));
        var first = await Read(0);
        _log.Publish(Volume("vol-1", 2));
        _log.Publish(Volume("vol-2", 1));

        var second = await Read(first.Sequence);

        second.Full.ShouldBeFalse();
        second.Volumes.ShouldBe([Volume("vol-1", 2)]);
        (await Read(second.Sequence)).Volumes.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_number_of_another_life_of_the_host_is_answered_in_full()
    {
        _log.Publish(Volume("vol-1", 1));

        (await Read(50)).Full.ShouldBeTrue();
        (await Read(5000)).Full.ShouldBeTrue();
    }

    [Fact]
    public async Task A_waiting_reader_wakes_at_a_change()
    {
        var first = await Read(0);
        var waiting = Read(first.Sequence, TimeSpan.FromHours(1));
        waiting.IsCompleted.ShouldBeFalse();

        _log.Publish(Volume("vol-1", 1));

        (await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken)).Volumes.Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_waiting_reader_gets_an_empty_report_after_its_time()
    {
        var first = await Read(0);
        var waiting = Read(first.Sequence, TimeSpan.FromSeconds(20));

        _time.Advance(TimeSpan.FromSeconds(20));

        var report = await waiting.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        report.Full.ShouldBeFalse();
        report.Sequence.ShouldBe(first.Sequence);
    }

    [Fact]
    public async Task After_a_purge_every_reader_begins_again()
    {
        _log.Publish(Volume("vol-1", 1));
        var first = await Read(0);

        _log.Clear();

        var second = await Read(first.Sequence);
        second.Full.ShouldBeTrue();
        second.Volumes.ShouldBeEmpty();
    }

    private Task<HostReport> Read(long after, TimeSpan wait = default) => _log.ReadAsync(after, wait, () => 1, TestContext.Current.CancellationToken);

    private static VolumeStatus Volume(string id, int size) => new(id, VolumeState.Ready, size);
}
