using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Files;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Reports;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Volumes;

/// <summary>Real disks by the real qemu-img, written to by qemu-io; the machine is a fake that says which file it has open.</summary>
public sealed class SnapshotReconcilerTests : IDisposable
{
    private static readonly VolumeSpec Volume = new() { Id = "vol-1", SizeGiB = 1 };
    private static readonly SnapshotSpec Snapshot = new("snap-1", "vol-1");
    private readonly SnapshotSpec[] _set = [Snapshot with { SetId = "set" }, new("snap-2", "vol-2") { SetId = "set" }];
    private readonly string _folder = Directory.CreateTempSubdirectory("snapshots").FullName;
    private readonly ObservationLog _log = new(1, TimeProvider.System);
    private readonly HostOptions _options;
    private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);
    private readonly KeptGuests _kept;
    private readonly VolumeStore _store;
    private readonly Machine _machine = new();
    private SnapshotReconciler _snapshots = null!;
    private VolumeReconciler _volumes = null!;
    private HostState _desired = new() { Generation = 1, Volumes = ImmutableDictionary<string, VolumeSpec>.Empty.Add(Volume.Id, Volume) };

    public SnapshotReconcilerTests()
    {
        _options = new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = Path.Combine(_folder, "images") };
        Directory.CreateDirectory(VolumeFiles.DirectoryOf(_options));
        var commands = new WithoutRoot(_commands);
        _kept = new KeptGuests(_options, TimeProvider.System, NullLogger<KeptGuests>.Instance);
        _store = new(_options, commands, new ImageStore(_options.ImagesDirectory, commands, TimeProvider.System), _kept, new HypervisorUser(_options, commands));
        Restart();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string VolumePath => VolumeFiles.PathOf(_options, "vol-1");

    private string SnapshotPath => VolumeFiles.SnapshotOf(_options, "snap-1");

    private string OverlayPath => VolumeFiles.OverlayOf(_options, "vol-1", "snap-1");

    public void Dispose()
    {
        _kept.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_volume_that_nobody_has_open_is_kept_as_it_was()
    {
        await MakeWrittenVolumeAsync();

        (await TakeAsync()).ShouldBe(new SnapshotStatus("snap-1", SnapshotState.Ready, 1));
        await WriteAsync(VolumePath, "0xbb");

        (await ReadsAsync(SnapshotPath, "0xaa")).ShouldBeTrue();
        (await ReadsAsync(VolumePath, "0xbb")).ShouldBeTrue();
        File.GetUnixFileMode(VolumePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_volume_that_a_machine_has_open_is_switched_under_it()
    {
        await MakeWrittenVolumeAsync();
        _machine.File = VolumePath;

        (await TakeAsync()).State.ShouldBe(SnapshotState.Ready);

        _machine.File.ShouldBe(OverlayPath);
        File.Exists(OverlayPath).ShouldBeFalse("it has the volume's name now");
        (await ReadsAsync(VolumePath, "0xaa")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("nothing was done", false)]
    [InlineData("overlay", false)]
    [InlineData("link", false)]
    [InlineData("link", true)]
    [InlineData("switch", true)]
    [InlineData("switch and the machine ended", false)]
    [InlineData("rename", true)]
    [InlineData("rename", false)]
    public async Task An_agent_that_dies_goes_on_where_it_was(string after, bool isOpen)
    {
        await MakeWrittenVolumeAsync();
        _machine.File = isOpen ? VolumePath : null;
        await DieAfterAsync(after);
        Restart();

        _snapshots.IsHalf("vol-1").ShouldBeTrue("nobody knows before it has looked");
        (await TakeAsync()).State.ShouldBe(SnapshotState.Ready);

        _snapshots.IsHalf("vol-1").ShouldBeFalse();
        (await ReadsAsync(SnapshotPath, "0xaa")).ShouldBeTrue();
        (await ReadsAsync(VolumePath, after.StartsWith("switch", StringComparison.Ordinal) ? "0xbb" : "0xaa")).ShouldBeTrue("what the machine wrote to the overlay is the volume's");
        HardLink.AreSame(SnapshotPath, VolumePath).ShouldBeFalse();
        Directory.GetFiles(VolumeFiles.DirectoryOf(_options)).Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("overlay", false)]
    [InlineData("link", true)]
    [InlineData("switch", true)]
    [InlineData("rename", false)]
    public async Task One_that_is_half_taken_and_shall_go_leaves_the_volume_with_all_that_was_written(string after, bool isOpen)
    {
        await MakeWrittenVolumeAsync();
        _machine.File = isOpen ? VolumePath : null;
        await DieAfterAsync(after);
        Restart();

        _desired = _desired with { Snapshots = _desired.Snapshots.SetItem("snap-1", Snapshot with { Presence = Presence.Absent }) };
        (await ApplyAsync()).Snapshots.Single().State.ShouldBe(SnapshotState.Gone);

        (await ReadsAsync(VolumePath, after == "switch" ? "0xbb" : "0xaa")).ShouldBeTrue();
        File.Exists(OverlayPath).ShouldBeFalse();
    }

    [Fact]
    public async Task While_it_is_half_taken_no_machine_may_open_the_volume()
    {
        await MakeWrittenVolumeAsync();
        _machine.File = VolumePath;
        _machine.Refuses = true;

        (await TakeOrWaitAsync()).Snapshots.ShouldBeEmpty();
        _snapshots.IsHalf("vol-1").ShouldBeTrue();
        _snapshots.Pending(_desired).ShouldContain("vol-1");
        HardLink.AreSame(SnapshotPath, VolumePath).ShouldBeTrue();

        _machine.Refuses = false;
        (await TakeAsync()).State.ShouldBe(SnapshotState.Ready);
        _snapshots.IsHalf("vol-1").ShouldBeFalse();
    }

    [Fact]
    public async Task A_volume_made_of_a_snapshot_reads_on_when_all_else_is_deleted_and_then_everything_goes()
    {
        await MakeWrittenVolumeAsync();
        await TakeAsync();
        var copy = new VolumeSpec { Id = "vol-2", SizeGiB = 2, SnapshotId = "snap-1" };

        // Deleted in the same breath as the volume is asked for: it waits for the volume.
        _desired = _desired with
        {
            Volumes = _desired.Volumes.Add("vol-2", copy).SetItem("vol-1", Volume with { Presence = Presence.Absent }),
            Snapshots = _desired.Snapshots.SetItem("snap-1", Snapshot with { Presence = Presence.Absent }),
        };
        var report = await ApplyAsync();

        report.Snapshots.Single().State.ShouldBe(SnapshotState.Gone);
        report.Volumes.ShouldBe([new("vol-1", VolumeState.Gone, 1), new("vol-2", VolumeState.Ready, 2)], ignoreOrder: true);
        (await ReadsAsync(VolumeFiles.PathOf(_options, "vol-2"), "0xaa")).ShouldBeTrue();
        File.Exists(SnapshotPath).ShouldBeTrue("the copy is based on it");

        _desired = _desired with { Volumes = _desired.Volumes.SetItem("vol-2", copy with { Presence = Presence.Absent }) };
        await ApplyAsync();
        Directory.GetFiles(VolumeFiles.DirectoryOf(_options)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_kept_guests_copy_is_based_on_stays_for_its_snapshot()
    {
        var kept = VolumeFiles.BaseOf(_options, "vol-1", "kept");
        await ImageAsync("create", "-q", "-f", "qcow2", kept, "1G");
        await WriteAsync(kept, "0xaa");
        await ImageAsync("create", "-q", "-f", "qcow2", "-b", kept, "-F", "qcow2", VolumePath);
        await TakeAsync();

        _desired = _desired with { Volumes = _desired.Volumes.SetItem("vol-1", Volume with { Presence = Presence.Absent }) };
        await ApplyAsync();

        (await ReadsAsync(SnapshotPath, "0xaa")).ShouldBeTrue();
        _desired = _desired with { Snapshots = _desired.Snapshots.SetItem("snap-1", Snapshot with { Presence = Presence.Absent }) };
        await ApplyAsync();
        Directory.GetFiles(VolumeFiles.DirectoryOf(_options)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nothing was done", true)]
    [InlineData("overlay", true)]
    [InlineData("link", true)]
    [InlineData("link", false)]
    [InlineData("switch", true)]
    [InlineData("rename", true)]
    [InlineData("rename", false)]
    public async Task Disks_of_a_set_are_of_one_moment_wherever_the_agent_died(string after, bool isOpen)
    {
        var second = await MakeSecondVolumeAsync();
        await MakeWrittenVolumeAsync();
        await WriteAsync(second, "0xaa");
        if (isOpen)
        {
            (_machine.File, _machine.Files["vol-2"]) = (VolumePath, second);
        }

        // As far as the set comes before one of its snapshots goes on alone.
        await DieAfterAsync(after, _set);
        Restart();
        var report = await TakeSetAsync();

        report.Snapshots.ShouldAllBe(snapshot => snapshot.State == SnapshotState.Ready);
        report.Snapshots.Length.ShouldBe(2);
        _machine.Switches.ShouldBe(isOpen && after is not ("switch" or "rename") ? [2] : []);
        (await ReadsAsync(SnapshotPath, "0xaa")).ShouldBeTrue();
        (await ReadsAsync(VolumeFiles.SnapshotOf(_options, "snap-2"), "0xaa")).ShouldBeTrue();
        Directory.GetFiles(VolumeFiles.DirectoryOf(_options), "*.overlay").ShouldBeEmpty();
    }

    [Fact]
    public async Task While_one_disk_of_a_set_cannot_be_switched_none_is()
    {
        var second = await MakeSecondVolumeAsync();
        (_machine.File, _machine.Files["vol-2"], _machine.Refuses) = (VolumePath, second, true);

        (await TakeSetAsync()).Snapshots.ShouldBeEmpty();

        _snapshots.IsHalf("vol-1").ShouldBeTrue();
        _snapshots.IsHalf("vol-2").ShouldBeTrue();
        _machine.Refuses = false;
        (await TakeSetAsync()).Snapshots.Length.ShouldBe(2);
        _machine.Switches.ShouldBe([2]);
    }

    [Fact]
    public async Task One_that_waits_for_a_reboot_is_taken_when_the_guest_is_off()
    {
        await MakeWrittenVolumeAsync();
        _machine.File = VolumePath;
        var moment = new SnapshotMoment("i-1", 1, 1);
        _desired = _desired with { Snapshots = _desired.Snapshots.SetItem("snap-1", Snapshot with { Moment = moment }) };
        var machine = Specs.Vm("i-1") with { RebootGeneration = 1 };

        (await ApplyAsync()).Snapshots.ShouldBeEmpty();
        _snapshots.Await(_desired, machine).ShouldBeTrue();
        _snapshots.Await(_desired, machine with { RebootGeneration = 0 }).ShouldBeFalse();
        _snapshots.Await(_desired, machine with { BootGeneration = 2 }).ShouldBeFalse();
        _snapshots.IsHalf("vol-1").ShouldBeFalse("nothing is begun before");
        _desired = _desired with { Snapshots = _desired.Snapshots.Add("snap-2", new("snap-2", "vol-1")) };
        (await ApplyAsync()).Snapshots.Single().ShouldBe(new("snap-2", SnapshotState.Ready, 1), "another of the same disk is not held up");

        _machine.IsOff = true;
        (await ApplyAsync()).Snapshots.Length.ShouldBe(2);
        _snapshots.Await(_desired, machine).ShouldBeFalse();
    }

    [Fact]
    public async Task A_copy_outlives_its_source()
    {
        await MakeWrittenVolumeAsync();
        await TakeAsync();
        var copy = new SnapshotSpec("snap-3", "vol-ffffffff") { CopyOf = "snap-1" };

        // Deleted in the same breath as the copy is asked for: it waits for the copy.
        _desired = _desired with
        {
            Volumes = _desired.Volumes.SetItem("vol-1", Volume with { Presence = Presence.Absent }),
            Snapshots = _desired.Snapshots.Add("snap-3", copy).SetItem("snap-1", Snapshot with { Presence = Presence.Absent }),
        };
        (await ApplyAsync()).Snapshots.ShouldBe([new("snap-1", SnapshotState.Gone, 0), new("snap-3", SnapshotState.Ready, 1)], ignoreOrder: true);

        (await ReadsAsync(VolumeFiles.SnapshotOf(_options, "snap-3"), "0xaa")).ShouldBeTrue();
        File.Exists(SnapshotPath).ShouldBeFalse();
        _desired = _desired with { Snapshots = _desired.Snapshots.SetItem("snap-3", copy with { Presence = Presence.Absent }) };
        await ApplyAsync();
        Directory.GetFiles(VolumeFiles.DirectoryOf(_options)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_snapshot_of_no_volume_fails_and_a_volume_of_no_snapshot_too()
    {
        _desired = _desired with
        {
            Volumes = ImmutableDictionary<string, VolumeSpec>.Empty.Add("vol-2", new VolumeSpec { Id = "vol-2", SizeGiB = 2, SnapshotId = "snap-9" }),
            Snapshots = _desired.Snapshots.Add("snap-1", Snapshot),
        };

        var report = await ApplyAsync();

        report.Snapshots.Single().ShouldBe(new SnapshotStatus("snap-1", SnapshotState.Failed, 0, "Volume vol-1 is not on this host."));
        report.Volumes.Single().ShouldBe(new VolumeStatus("vol-2", VolumeState.Failed, 2, "Snapshot snap-9 is not on this host."));
    }

    /// <summary>The agent's next life.</summary>
    private void Restart()
    {
        var (copies, locks) = (new DiskCopies(() => { }), new DiskLocks());
        _snapshots = new SnapshotReconciler(new SnapshotStore(_options, _store), _machine, _ => false, locks, copies, _log, NullLogger<SnapshotReconciler>.Instance);
        _volumes = new VolumeReconciler(_store, new VolumeMirrors(new MirrorStore(_options, copies, () => { }), _store, locks, copies, NullLogger.Instance), new VolumeReplicas(_options, new ReplicaStore(_options, _commands, _store, copies, TimeProvider.System), _store, locks, copies, TimeProvider.System, NullLogger.Instance), copies, id => _snapshots.IsComing(id), (_, _) => Task.FromResult<string?>(null), _log, NullLogger<VolumeReconciler>.Instance);
    }

    private async Task MakeWrittenVolumeAsync()
    {
        await ApplyAsync();
        await WriteAsync(VolumePath, "0xaa");
    }

    private async Task<string> MakeSecondVolumeAsync()
    {
        _desired = _desired with { Volumes = _desired.Volumes.Add("vol-2", Volume with { Id = "vol-2" }) };
        await ApplyAsync();
        return VolumeFiles.PathOf(_options, "vol-2");
    }

    private Task<HostReport> TakeSetAsync()
    {
        _desired = _desired with { Snapshots = _desired.Snapshots.SetItems(_set.Select(spec => KeyValuePair.Create(spec.Id, spec))) };
        return ApplyAsync();
    }

    /// <summary>A set dies after its first snapshot has taken the step; a switch is of all.</summary>
    private async Task DieAfterAsync(string after, SnapshotSpec[] set)
    {
        var store = new SnapshotStore(_options, _store);
        string[] steps = ["overlay", "link", "switch", "rename"];
        foreach (var step in steps.TakeWhile(_ => after != "nothing was done"))
        {
            foreach (var spec in step == after && step != "switch" ? set[..1] : set)
            {
                switch (step)
                {
                    case "overlay":
                        await store.MakeOverlayAsync(spec, null, Cancellation);
                        break;
                    case "link":
                        store.Link(spec);
                        break;
                    case "switch" when _machine.Files.ContainsKey(spec.VolumeId):
                        _machine.Files[spec.VolumeId] = store.OverlayOf(spec);
                        break;
                    case "rename":
                        store.Rename(spec);
                        break;
                }
            }

            if (step == after)
            {
                return;
            }
        }
    }

    private async Task DieAfterAsync(string after)
    {
        var store = new SnapshotStore(_options, _store);
        foreach (var step in new[] { "overlay", "link", "switch", "rename" }.TakeWhile(_ => after != "nothing was done"))
        {
            switch (step)
            {
                case "overlay":
                    await store.MakeOverlayAsync(Snapshot, null, Cancellation);
                    break;
                case "link":
                    store.Link(Snapshot);
                    break;
                case "switch" when after.StartsWith("switch", StringComparison.Ordinal):
                    await WriteAsync(OverlayPath, "0xbb");
                    _machine.File = after == "switch" ? OverlayPath : null;
                    return;
                case "switch" when _machine.File is not null:
                    _machine.File = OverlayPath;
                    break;
                case "rename":
                    store.Rename(Snapshot);
                    break;
            }

            if (step == after)
            {
                return;
            }
        }
    }

    private async Task<SnapshotStatus> TakeAsync() => (await TakeOrWaitAsync()).Snapshots.Single();

    private Task<HostReport> TakeOrWaitAsync()
    {
        _desired = _desired with { Snapshots = _desired.Snapshots.SetItem("snap-1", Snapshot) };
        return ApplyAsync();
    }

    /// <summary>As the agent does it.</summary>
    private async Task<HostReport> ApplyAsync()
    {
        var (_, collects) = await _snapshots.ApplyAsync(_desired, Cancellation);
        await _volumes.ApplyAsync(_desired.Volumes, _snapshots.Pending(_desired), Cancellation);
        collects |= (await _snapshots.ApplyAsync(_desired, Cancellation)).Collects;
        if (collects)
        {
            _store.Collect();
        }

        return await _log.ReadAsync(0, TimeSpan.Zero, () => 1, Cancellation);
    }

    private Task WriteAsync(string path, string pattern) => _commands.RunAsync(new("qemu-io", "-f", "qcow2", "-c", $"write -P {pattern} 0 64k", path), Cancellation);

    private async Task<bool> ReadsAsync(string path, string pattern) => (await _commands.RunAsync(
        new("qemu-io", "-r", "-f", "qcow2", "-c", $"read -P {pattern} 0 64k", path) { AcceptedExitCodes = [0, 1] }, Cancellation)).ExitCode == 0;

    private Task ImageAsync(params string[] arguments) => _commands.RunAsync(new("qemu-img", [.. arguments]), Cancellation);

    private sealed class Machine : IOpenDisks
    {
        public Dictionary<string, string> Files { get; } = [];

        public string? File
        {
            get => Files.GetValueOrDefault("vol-1");
            set => Set("vol-1", value);
        }

        public bool Refuses { get; set; }

        public bool IsOff { get; set; }

        /// <summary>How many files each switch was of.</summary>
        public List<int> Switches { get; } = [];

        public void Set(string volumeId, string? file)
        {
            if (file is null)
            {
                Files.Remove(volumeId);
            }
            else
            {
                Files[volumeId] = file;
            }
        }

        public Task<string?> FileOfAsync(string volumeId, CancellationToken cancellationToken) => Task.FromResult(Files.GetValueOrDefault(volumeId));

        public Task SwitchAsync(IReadOnlyCollection<NextFile> disks, CancellationToken cancellationToken)
        {
            if (Refuses)
            {
                throw new IOException("not now");
            }

            Switches.Add(disks.Count);
            foreach (var disk in disks)
            {
                Files[disk.VolumeId] = disk.Path;
            }

            return Task.CompletedTask;
        }

        public bool HasCome(SnapshotMoment moment) => IsOff;
    }

    private sealed class WithoutRoot(HostCommands commands) : IHostCommands
    {
        public Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => command.Program == "getent"
            ? Task.FromResult(new HostCommandResult(0, "nobody:x:-1:-1:", "", TimeSpan.Zero)) // to lchown(2): leave it
            : commands.RunAsync(command, cancellationToken);
    }
}
