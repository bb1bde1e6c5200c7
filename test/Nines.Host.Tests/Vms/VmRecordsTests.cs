using Nines.Host.Api;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class VmRecordsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("records").FullName;

    private VmRecords Records => new(Options);

    private HostOptions Options => new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = "/x" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Saved_memory_outlives_a_start_that_comes_to_no_process_and_no_other()
    {
        var (spec, now) = (Specs.Vm(), DateTimeOffset.UnixEpoch);
        var saved = new VmRecord { Id = spec.Id, Phase = VmPhase.Up, BootGeneration = 1 }.Saved(spec, new HibernatedMachine(false, "devices"), now);

        saved.Ended(spec with { BootGeneration = 2 }, VmEndReason.DiskLocked, "The key is off.", now).Hibernated.ShouldBe(saved.Hibernated);
        saved.Starting(spec, now).Ended(spec, VmEndReason.FailedToStart, null, now).Hibernated.ShouldBeNull();
    }

    [Fact]
    public async Task A_record_is_found_again_and_forgotten_whole()
    {
        var record = new VmRecord { Id = "i-1" }.Starting(Specs.Vm("i-1"), DateTimeOffset.UnixEpoch)
            .Started("tcg", true, new ProcessIdentity(42, 4711), DateTimeOffset.UnixEpoch);
        await Records.SaveAsync(record, TestContext.Current.CancellationToken);

        Records.Ids().ShouldBe(["i-1"]);
        Records.Load("i-1").ShouldBe(record);

        Records.Remove("i-1");
        Records.Ids().ShouldBeEmpty();
        Records.Load("i-1").ShouldBe(new VmRecord { Id = "i-1" });
    }

    [Fact]
    public async Task A_damaged_record_still_lets_the_process_be_found()
    {
        await Records.SaveAsync(new VmRecord { Id = "i-1" }, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(new VmFiles(Options, "i-1").Record, "{\"id\":", TestContext.Current.CancellationToken);

        Records.Load("i-1").Phase.ShouldBe(VmPhase.Starting);
    }
}
