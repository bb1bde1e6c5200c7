using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Reports;
using Nines.Host.Tests.Images;
using Nines.Host.Transfers;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Transfers;

/// <summary>Disks that come out of buckets and go into them, by the real qemu-img.</summary>
public sealed class TransferReconcilerTests : IDisposable
{
    private const string Account = "123456789012";
    private const string Bucket = "disks";
    private const string Snapshot = "snap-0123456789abcdef0";
    private const string Export = "export-ami-0123456789abcdef0";
    private static readonly DiskKey s_key = new(Snapshot) { Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("the first key, of thirty-two byt")) };

    private readonly string _folder = Directory.CreateTempSubdirectory("transfers-").FullName;
    private readonly ObservationLog _log = new(1, TimeProvider.System);
    private readonly HostOptions _options;
    private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);
    private readonly KeptGuests _kept;
    private readonly VolumeStore _volumes;
    private readonly AsyncSignal _ended = new();
    private TransferReconciler _transfers;
    private DiskCopies _work;

    public TransferReconcilerTests()
    {
        _options = new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = Path.Combine(_folder, "images"), BucketsDirectory = Path.Combine(_folder, "buckets"), QemuUser = Environment.UserName };
        Directory.CreateDirectory(VolumeFiles.DirectoryOf(_options));
        Directory.CreateDirectory(PathOf(""));
        _kept = new KeptGuests(_options, TimeProvider.System, NullLogger<KeptGuests>.Instance);
        _volumes = new(_options, _commands, new ImageStore(_options.ImagesDirectory, _commands, TimeProvider.System), _kept, new HypervisorUser(_options, _commands));
        (_transfers, _work) = NewAgent();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _work.AbandonAllAsync().GetAwaiter().GetResult();
        _kept.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("raw", "raw", DiskFormat.Raw)]
    [InlineData("vmdk", "vmdk", DiskFormat.Vmdk)]
    [InlineData("vpc", "vhd", DiskFormat.Vhd)]
    [InlineData("vhdx", "vhdx", DiskFormat.Vhdx)]
    [InlineData("qcow2", "qcow2", DiskFormat.Qcow2)]
    public async Task A_disk_comes_whole_and_goes_away_and_comes_again(string qemu, string name, DiskFormat format)
    {
        var disk = Disk();
        await PutAsync($"a.{name}", disk, qemu);
        var status = await EndAsync(Import($"a.{name}"));
        (status.State, status.Percent, status.Message).ShouldBe((TransferState.Ready, 100, null));
        (status.Disk!.Format, status.Disk.SizeGiB, status.Disk.HasBootSector, status.Disk.HasEfiSystemPartition).ShouldBe((format, 1, true, false));
        (await RawAsync(VolumeFiles.SnapshotOf(_options, Snapshot), "qcow2")).AsSpan(0, disk.Length).SequenceEqual(disk).ShouldBeTrue();
        Files().ShouldBe([Snapshot + ".json", Snapshot + ".qcow2"], ignoreOrder: true);

        // Whoever comes after this agent finds it done, and everything of it goes when it is not wanted.
        (_transfers, _work) = NewAgent();
        (await EndAsync(Import($"a.{name}"))).ShouldBe(status);
        if (format is DiskFormat.Raw or DiskFormat.Vmdk or DiskFormat.Vhd)
        {
            (await EndAsync(Exported($"out/{Export}.{name}", format))).State.ShouldBe(TransferState.Ready);
            (await RawAsync(PathOf($"out/{Export}.{name}"), qemu)).AsSpan(0, disk.Length).SequenceEqual(disk).ShouldBeTrue();
            Directory.GetFiles(PathOf("out")).Length.ShouldBe(1);
        }

        (await EndAsync(Import($"a.{name}") with { Presence = Presence.Absent })).State.ShouldBe(TransferState.Gone);
        _volumes.Collect();
        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_comes_out_of_an_archive_if_it_is_the_only_one()
    {
        var disk = Disk();
        await PutAsync("a.vmdk", disk, "vmdk", "-o", "subformat=streamOptimized");
        await OvaFile.WriteAsync(PathOf("a.ova"), PathOf("a.vmdk"), new OvaMachine("a", disk.Length, false), Cancellation);
        var status = await EndAsync(Import("a.ova") with { Format = DiskFormat.Ova });
        (status.State, status.Disk!.Format).ShouldBe((TransferState.Ready, DiskFormat.Ova));
        (await RawAsync(VolumeFiles.SnapshotOf(_options, Snapshot), "qcow2")).AsSpan(0, disk.Length).SequenceEqual(disk).ShouldBeTrue();
        Files().ShouldBe([Snapshot + ".json", Snapshot + ".qcow2"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_encrypted_disk_shows_nothing_and_waits_for_its_secret()
    {
        var disk = Disk();
        await PutAsync("a.raw", disk, "raw");
        await ApplyAsync(Import("a.raw") with { DiskKey = s_key with { Secret = null } });
        (await StatusAsync(Snapshot))!.State.ShouldBe(TransferState.Waiting);
        (await EndAsync(Import("a.raw") with { DiskKey = s_key })).State.ShouldBe(TransferState.Ready);
        var file = await File.ReadAllBytesAsync(VolumeFiles.SnapshotOf(_options, Snapshot), Cancellation);
        file.AsSpan().IndexOf(disk.AsSpan(1 << 16, 64)).ShouldBe(-1);
        Nines.Host.Volumes.Qcow2Header.Read(VolumeFiles.SnapshotOf(_options, Snapshot))!.IsEncrypted.ShouldBeTrue();
        (await EndAsync(Import("a.raw") with { Id = "snap-11111111111111111", DiskKey = new DiskKey("x") { Failure = "the key is off" } })).Message.ShouldBe("the key is off");
    }

    [Fact]
    public async Task Files_that_name_others_read_none_of_them()
    {
        var secret = Path.Combine(_folder, "secret");
        await File.WriteAllBytesAsync(secret, Disk(), Cancellation);
        await RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-u", "-b", secret, "-F", "raw", PathOf("backing.qcow2"), "1M");
        await RunAsync("qemu-img", "create", "-q", "-f", "qcow2", "-o", $"data_file={secret}.copy,data_file_raw=on", PathOf("data.qcow2"), "1M");
        await File.WriteAllTextAsync(PathOf("flat.vmdk"), $"# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType=\"monolithicFlat\"\nRW 2048 FLAT \"{secret}\" 0\n".PadRight(1024), Cancellation);
        foreach (var (key, said) in new[] { ("backing.qcow2", "backing file"), ("data.qcow2", "another file"), ("flat.vmdk", "other files") })
        {
            var status = await EndAsync(Import(key));
            (status.State, status.Disk).ShouldBe((TransferState.Failed, null));
            status.Message!.ShouldContain(said);
            await EndAsync(Import(key) with { Presence = Presence.Absent });
            await ApplyAsync();
        }

        Files().ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_no_whole_disk_fails_says_why_and_leaves_nothing()
    {
        var disk = Disk();
        await File.WriteAllTextAsync(PathOf("text"), "hello", Cancellation);
        await File.WriteAllBytesAsync(PathOf("empty"), [], Cancellation);
        foreach (var (qemu, name) in new[] { ("qcow2", "cut.qcow2"), ("vmdk", "cut.vmdk"), ("vpc", "cut.vhd"), ("vhdx", "cut.vhdx") })
        {
            await PutAsync(name, disk, qemu);
            await using var file = File.OpenWrite(PathOf(name));
            file.SetLength(file.Length / 2 / 512 * 512);
        }

        await PutAsync("whole.vmdk", disk, "vmdk");
        foreach (var (key, format) in new (string, DiskFormat?)[]
        {
            ("text", null), ("empty", null), ("missing", null), ("cut.qcow2", null), ("cut.vmdk", null), ("cut.vhd", null), ("cut.vhdx", null), ("whole.vmdk", DiskFormat.Raw),
        })
        {
            var status = await EndAsync(Import(key) with { Format = format });
            status.State.ShouldBe(TransferState.Failed, key);
            status.Message.ShouldNotBeNullOrWhiteSpace();
            status.Message!.ShouldNotContain(_folder, customMessage: "where things lie is no user's business");
            await EndAsync(Import(key) with { Presence = Presence.Absent });
            await ApplyAsync();
            Files().ShouldBeEmpty(key);
        }
    }

    [Fact]
    public async Task What_an_agent_that_died_left_is_written_anew_and_who_writes_it_still_is_ended()
    {
        var disk = Disk();
        await PutAsync("a.raw", disk, "raw");
        var draft = VolumeFiles.SnapshotOf(_options, Snapshot) + ".next";
        await File.WriteAllTextAsync(draft, "half of it", Cancellation);
        await File.WriteAllTextAsync(draft + ".unpacked", "half of it", Cancellation);
        await File.WriteAllBytesAsync(VolumeFiles.SnapshotOf(_options, Snapshot), [1, 2, 3], Cancellation);

        // It writes nothing, but to the same file: it waits for its input.
        using var orphan = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", $"exec -a qemu-img cat - {draft}"]) { RedirectStandardInput = true })!;
        await UntilAsync(() => Task.FromResult(ProcessTable.ArgumentsOf(orphan.Id) is ["qemu-img", ..]));
        (await EndAsync(Import("a.raw"))).State.ShouldBe(TransferState.Ready);
        await orphan.WaitForExitAsync(Cancellation);
        (await RawAsync(VolumeFiles.SnapshotOf(_options, Snapshot), "qcow2")).AsSpan(0, disk.Length).SequenceEqual(disk).ShouldBeTrue();
        Files().ShouldBe([Snapshot + ".json", Snapshot + ".qcow2"], ignoreOrder: true);

        await File.WriteAllTextAsync(PathOf($".{Export}.part"), "half of it", Cancellation);
        (await EndAsync(Exported($"{Export}.vmdk", DiskFormat.Vmdk))).State.ShouldBe(TransferState.Ready);
        Directory.GetFiles(PathOf("")).Select(Path.GetFileName).ShouldBe(["a.raw", $"{Export}.vmdk"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_cancelled_under_way_leaves_nothing()
    {
        await PutAsync("a.raw", Disk(64 << 20), "raw");
        var (import, export) = (Import("a.raw"), Exported($"{Export}.vmdk", DiskFormat.Vmdk) with { SnapshotId = "snap-22222222222222222" });
        (await EndAsync(Import("a.raw") with { Id = "snap-22222222222222222" })).State.ShouldBe(TransferState.Ready);
        await ApplyAsync(import, export);
        await ApplyAsync(import with { Presence = Presence.Absent }, export with { Presence = Presence.Absent });
        (await StatusAsync(Snapshot))!.State.ShouldBe(TransferState.Gone);
        (await StatusAsync(Export))!.State.ShouldBe(TransferState.Gone);
        Files().ShouldBe(["snap-22222222222222222.json", "snap-22222222222222222.qcow2"], ignoreOrder: true);
        Directory.GetFiles(PathOf("")).Select(Path.GetFileName).ShouldBe(["a.raw"]);
    }

    [Fact]
    public async Task Two_go_at_a_time_and_all_in_the_end()
    {
        await PutAsync("a.raw", Disk(16 << 20), "raw");
        var specs = Enumerable.Range(0, 4).Select(number => Import("a.raw") with { Id = $"snap-{number:d17}" }).ToArray();
        await ApplyAsync(specs);
        var states = new List<TransferState>();
        foreach (var spec in specs)
        {
            states.Add((await StatusAsync(spec.Id))?.State ?? TransferState.Validating);
        }

        states.Count(state => state is TransferState.Waiting).ShouldBe(2);
        await UntilAsync(async () => (await ApplyAsync(specs)).IsSettled);
        foreach (var spec in specs)
        {
            (await StatusAsync(spec.Id))!.State.ShouldBe(TransferState.Ready);
        }
    }

    private static TransferSpec Import(string key) => new() { Id = Snapshot, AccountId = Account, Bucket = Bucket, Key = key };

    private static TransferSpec Exported(string key, DiskFormat format) =>
        new() { Id = Export, AccountId = Account, Bucket = Bucket, Key = key, Format = format, IsExport = true, SnapshotId = Snapshot };

    private static byte[] Disk(int bytes = 4 << 20)
    {
        var disk = new byte[bytes];
        Disks.Mbr(partitionType: 0x83).CopyTo(disk, 0);
        new Random(1).NextBytes(disk.AsSpan(1 << 16, bytes - (1 << 17)));
        return disk;
    }

    private (TransferReconciler Transfers, DiskCopies Work) NewAgent()
    {
        var (work, buckets, snapshots, qemuImg) = (new DiskCopies(_ended.Set), new BucketFolders(_options.BucketsDirectory), new SnapshotStore(_options, _volumes), new QemuImg(_commands));
        var images = new ImageStore(_options.ImagesDirectory, _commands, TimeProvider.System);
        return (new TransferReconciler(new DiskImports(buckets, snapshots, _volumes, qemuImg), new DiskExports(buckets, snapshots, images, qemuImg), work, _log, NullLogger<TransferReconciler>.Instance), work);
    }

    private Task<(bool IsSettled, bool Collects)> ApplyAsync(params TransferSpec[] specs) => _transfers.ApplyAsync(specs.ToImmutableDictionary(spec => spec.Id), Cancellation);

    private async Task<TransferStatus> EndAsync(TransferSpec spec)
    {
        await UntilAsync(async () => (await ApplyAsync(spec)).IsSettled);
        return (await StatusAsync(spec.Id))!;
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (!await isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), deadline.Token);
        }
    }

    private async Task<TransferStatus?> StatusAsync(string id) =>
        (await _log.ReadAsync(0, TimeSpan.Zero, () => 1, Cancellation)).Transfers.SingleOrDefault(status => status.Id == id);

    private async Task PutAsync(string key, byte[] disk, string format, params string[] options)
    {
        var raw = Path.Combine(_folder, "raw");
        await File.WriteAllBytesAsync(raw, disk, Cancellation);
        await RunAsync("qemu-img", ["convert", "-f", "raw", "-O", format, .. options, raw, PathOf(key)]);
    }

    private async Task<byte[]> RawAsync(string path, string format)
    {
        var raw = Path.Combine(_folder, "back");
        await RunAsync("qemu-img", "convert", "-f", format, "-O", "raw", path, raw);
        return await File.ReadAllBytesAsync(raw, Cancellation);
    }

    private string[] Files() => [.. Directory.GetFiles(VolumeFiles.DirectoryOf(_options)).Select(path => Path.GetFileName(path))];

    private string PathOf(string key) => Path.Combine(_options.BucketsDirectory, Account, Bucket, key);

    private Task<HostCommandResult> RunAsync(string program, params string[] arguments) => _commands.RunAsync(new HostCommand(program, [.. arguments]), Cancellation);
}
