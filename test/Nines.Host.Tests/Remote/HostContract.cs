using System.Collections.Immutable;
using System.Text;
using Nines.Host.Api;
using Nines.Host.Simulated;

namespace Nines.Host.Tests.Remote;

/// <summary>What every way to a host must do, whether it is in this process or behind a socket.</summary>
public abstract class HostContract : IAsyncLifetime
{
    private static readonly VmSpec Vm = Specs.Vm();

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A host without delays, as the test is given it.</summary>
    protected abstract IHost Host { get; }

    protected SimulatedHost Simulated { get; } = new(
        new SimulatedHostOptions { HostId = "host-1", StartTime = TimeSpan.Zero, ShutdownTime = TimeSpan.Zero }, TimeProvider.System);

    public virtual ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public virtual ValueTask DisposeAsync()
    {
        Simulated.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task It_says_what_it_is()
    {
        var facts = await Host.DescribeAsync(Cancellation);

        (facts.Id, facts.Cpus, facts.MemoryMiB, facts.Simulated).ShouldBe(("host-1", 64, 512 * 1024, true));
        facts.Accelerators.ShouldBe(["simulated"]);
    }

    [Fact]
    public async Task A_state_that_is_not_newer_is_refused_and_changes_nothing()
    {
        (await Host.ApplyAsync(Specs.State(5, Vm), Cancellation)).ShouldBe(new ApplyResult(true, 5));
        await StateAsync(VmState.Running);

        (await Host.ApplyAsync(Specs.State(5, Vm with { Power = VmPower.Terminated }), Cancellation)).ShouldBe(new ApplyResult(false, 5));
        (await Host.ApplyAsync(Specs.State(4, Vm with { Power = VmPower.Terminated }), Cancellation)).ShouldBe(new ApplyResult(false, 5));

        await StateAsync(VmState.Running);
    }

    [Fact]
    public async Task Everything_of_a_state_arrives()
    {
        var metadata = Vm.Metadata with { UserData = [0, 1, 255], Tags = ImmutableDictionary<string, string>.Empty.Add("Näme", "a\"b") };
        var volume = new VolumeSpec { Id = "vol-1", SizeGiB = 8, ImageDigest = "d" };
        var vpc = new VpcSpec { Id = "vpc-1", CidrBlocks = ["172.31.0.0/16"], DomainName = "ec2.internal" };
        await Host.ApplyAsync(
            Specs.State(1, Vm with { Metadata = metadata }) with
            {
                Volumes = ImmutableDictionary<string, VolumeSpec>.Empty.Add(volume.Id, volume),
                Vpcs = ImmutableDictionary<string, VpcSpec>.Empty.Add(vpc.Id, vpc),
            },
            Cancellation);

        var report = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);

        report.Full.ShouldBeTrue();
        report.AcceptedGeneration.ShouldBe(1);
        report.Volumes.ShouldBe([new VolumeStatus("vol-1", VolumeState.Ready, 8)]);
        report.Vpcs.ShouldBe([new VpcStatus("vpc-1", false)]);
        report.Vms.Single().Id.ShouldBe(Vm.Id);
    }

    [Fact]
    public async Task Disks_come_out_of_buckets_and_go_into_them_and_are_gone_when_they_shall_be()
    {
        var import = new TransferSpec { Id = "snap-1", AccountId = "123456789012", Bucket = "disks", Key = "a.vmdk", Format = DiskFormat.Vmdk };
        var export = new TransferSpec { Id = "export-ami-1", AccountId = "123456789012", Bucket = "disks", Key = "b.vhd", Format = DiskFormat.Vhd, IsExport = true, SnapshotId = "snap-1" };
        await Host.ApplyAsync(Specs.State(1) with { Transfers = Of(import, export) }, Cancellation);
        var report = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);
        var come = new TransferStatus("snap-1", TransferState.Ready, 100) { Disk = new ImportedDisk(DiskFormat.Vmdk, 1 << 20, 1, true, false) };
        report.Transfers.ShouldBe([come, new TransferStatus("export-ami-1", TransferState.Ready, 100)], ignoreOrder: true);

        await Host.ApplyAsync(Specs.State(2) with { Transfers = Of(import with { Presence = Presence.Absent }) }, Cancellation);
        (await Host.ReportAsync(0, TimeSpan.Zero, Cancellation)).Transfers.ShouldBe([new TransferStatus("snap-1", TransferState.Gone)]);

        static ImmutableDictionary<string, TransferSpec> Of(params TransferSpec[] specs) => specs.ToImmutableDictionary(spec => spec.Id);
    }

    [Fact]
    public async Task What_shall_be_kept_ahead_is_reported_once_it_is()
    {
        var spec = new FastLaunchSpec("sha256-tiny", "everybody", "t3.micro", 2, 1024);
        await Host.ApplyAsync(Specs.State(1) with { FastLaunches = [spec] }, Cancellation);

        var report = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);

        report.FastLaunches.ShouldBe([new FastLaunchStatus("sha256-tiny", "everybody", "t3.micro", FastLaunchReadiness.Ready)]);
        await Host.ApplyAsync(Specs.State(2), Cancellation);
        (await Host.ReportAsync(0, TimeSpan.Zero, Cancellation)).FastLaunches.ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_a_first_start_is_a_copy_of_kept_memory()
    {
        await Host.ApplyAsync(Specs.State(1, Vm with { FastLaunchOwner = "everybody" }, Specs.Vm("i-2")), Cancellation);
        await StateAsync(VmState.Running);
        var report = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);
        report.Vms.ToDictionary(vm => vm.Id, vm => vm.FastLaunched).ShouldBe(new Dictionary<string, bool> { [Vm.Id] = true, ["i-2"] = false }, ignoreOrder: true);

        await Host.ApplyAsync(Specs.State(2, Vm with { FastLaunchOwner = "everybody", Power = VmPower.Stopped }), Cancellation);
        await StateAsync(VmState.Ended);
        await Host.ApplyAsync(Specs.State(3, Vm with { FastLaunchOwner = "everybody", BootGeneration = 2 }), Cancellation);
        await StateAsync(VmState.Running);
        (await Host.ReportAsync(0, TimeSpan.Zero, Cancellation)).Vms.Single(vm => vm.Id == Vm.Id).FastLaunched.ShouldBeFalse();
    }

    [Fact]
    public async Task A_machine_that_hibernates_says_so_and_goes_on()
    {
        await Host.ApplyAsync(Specs.State(1, Vm), Cancellation);
        await StateAsync(VmState.Running);
        await Host.ApplyAsync(Specs.State(2, Vm with { Power = VmPower.Stopped, Hibernate = true }), Cancellation);
        await StateAsync(VmState.Ended);
        (await Host.ReportAsync(0, TimeSpan.Zero, Cancellation)).Vms.Single().EndReason.ShouldBe(VmEndReason.Hibernated);

        await Host.ApplyAsync(Specs.State(3, Vm with { BootGeneration = 2 }), Cancellation);
        await StateAsync(VmState.Running);
    }

    [Fact]
    public async Task A_report_waits_for_a_change_and_tells_only_it()
    {
        await Host.ApplyAsync(Specs.State(1, Vm, Specs.Vm("i-2")), Cancellation);
        await StateAsync(VmState.Running);
        var first = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);
        var waiting = Host.ReportAsync(first.Sequence, TimeSpan.FromSeconds(60), Cancellation);

        Simulated.CrashMachine("i-2");

        var second = await waiting;
        second.Full.ShouldBeFalse();
        (second.Vms.Single().Id, second.Vms.Single().EndReason).ShouldBe(("i-2", VmEndReason.Crashed));
    }

    [Fact]
    public async Task A_report_without_news_is_empty_after_its_time()
    {
        var first = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);

        var second = await Host.ReportAsync(first.Sequence, TimeSpan.FromMilliseconds(50), Cancellation);

        (second.Sequence, second.Full, second.Vms.IsEmpty).ShouldBe((first.Sequence, false, true));
    }

    [Fact]
    public async Task What_has_a_process_is_measured()
    {
        var before = TimeProvider.System.GetUtcNow();
        await Host.ApplyAsync(Specs.State(1, Vm, Specs.Vm("i-2") with { Power = VmPower.Stopped }), Cancellation);
        await StateAsync(VmState.Running);

        var usage = await Host.MeasureAsync(Cancellation);

        usage.Vms.ShouldBe([new VmUsage(Vm.Id, 0, 0, 0)]);
        usage.AvailableBytes.ShouldBe(512L << 30);
        usage.MeasuredAt.ShouldBeGreaterThanOrEqualTo(before);
    }

    [Fact]
    public async Task The_console_is_read_from_its_end()
    {
        await Host.ApplyAsync(Specs.State(1, Vm), Cancellation);
        await StateAsync(VmState.Running);

        Encoding.UTF8.GetString((await Host.ReadConsoleAsync(Vm.Id, 1000, Cancellation)).Span).ShouldStartWith($"Simulated machine {Vm.Id}");
        Encoding.UTF8.GetString((await Host.ReadConsoleAsync(Vm.Id, 7, Cancellation)).Span).ShouldBe("login: ");
    }

    [Fact]
    public async Task The_live_console_goes_both_ways()
    {
        await Host.ApplyAsync(Specs.State(1, Vm), Cancellation);
        await StateAsync(VmState.Running);
        await using var console = await Host.OpenConsoleAsync(Vm.Id, Cancellation);
        (await ReadUntilAsync(console, "login: ")).ShouldContain(Vm.Id);

        await console.WriteAsync("root\n"u8.ToArray(), Cancellation);
        await console.FlushAsync(Cancellation);

        (await ReadUntilAsync(console, "root\n")).ShouldBe("root\n");
    }

    [Fact]
    public async Task A_picture_of_the_screen_is_a_PNG()
    {
        await Host.ApplyAsync(Specs.State(1, Vm), Cancellation);
        await StateAsync(VmState.Running);

        (await Host.ScreenshotAsync(Vm.Id, Cancellation)).Span[1..4].SequenceEqual("PNG"u8).ShouldBeTrue();
    }

    [Fact]
    public async Task A_TPM_says_its_keys_once_it_has_been_started()
    {
        await Host.ApplyAsync(Specs.State(1, Vm with { HasTpm = true }), Cancellation);
        await StateAsync(VmState.Running);

        (await Host.ReadTpmKeyAsync(Vm.Id, TpmKeyType.Rsa2048, Cancellation)).Length.ShouldBe(314);
        (await Host.ReadTpmKeyAsync(Vm.Id, TpmKeyType.EccSecP384, Cancellation)).Length.ShouldBe(170);
        await Host.ApplyAsync(Specs.State(2, Vm), Cancellation);
        (await Should.ThrowAsync<VmNotFoundException>(() => Host.ReadTpmKeyAsync(Vm.Id, TpmKeyType.Rsa2048, Cancellation))).VmId.ShouldBe(Vm.Id);
    }

    [Fact]
    public async Task A_machine_that_is_not_there_is_named()
    {
        (await Should.ThrowAsync<VmNotFoundException>(() => Host.ReadConsoleAsync("i-9", 10, Cancellation))).VmId.ShouldBe("i-9");
        (await Should.ThrowAsync<VmNotFoundException>(() => Host.OpenConsoleAsync("i-9", Cancellation))).VmId.ShouldBe("i-9");
        (await Should.ThrowAsync<VmNotFoundException>(() => Host.ScreenshotAsync("i-9", Cancellation))).VmId.ShouldBe("i-9");
    }

    [Fact]
    public async Task A_purge_forgets_everything()
    {
        await Host.ApplyAsync(Specs.State(7, Vm), Cancellation);
        var before = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);

        await Host.PurgeAsync(Cancellation);

        var after = await Host.ReportAsync(before.Sequence, TimeSpan.FromSeconds(60), Cancellation);
        (after.Full, after.AcceptedGeneration, after.Vms.IsEmpty).ShouldBe((true, 0, true));
        (await Host.ApplyAsync(Specs.State(1, Vm), Cancellation)).Accepted.ShouldBeTrue();
    }

    [Fact]
    public async Task A_call_can_be_given_up()
    {
        using var cancellation = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        var first = await Host.ReportAsync(0, TimeSpan.Zero, Cancellation);

        await Should.ThrowAsync<OperationCanceledException>(() => Host.ReportAsync(first.Sequence, TimeSpan.FromMinutes(1), cancellation.Token));
    }

    private static async Task<string> ReadUntilAsync(Stream stream, string end)
    {
        var text = "";
        var buffer = new byte[256];
        while (!text.EndsWith(end, StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, Cancellation);
            count.ShouldBeGreaterThan(0);
            text += Encoding.UTF8.GetString(buffer, 0, count);
        }

        return text;
    }

    private async Task StateAsync(VmState expected)
    {
        var sequence = 0L;
        VmStatus? status = null;
        while (status?.State != expected)
        {
            var report = await Host.ReportAsync(sequence, TimeSpan.FromSeconds(5), Cancellation);
            sequence = report.Sequence;
            status = report.Vms.FirstOrDefault(vm => vm.Id == Vm.Id) ?? status;
        }
    }
}
