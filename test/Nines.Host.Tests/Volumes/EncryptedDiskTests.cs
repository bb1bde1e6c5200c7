using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Reports;
using Nines.Host.Vms;
using Nines.Host.Volumes;
using Qcow2Header = Nines.Host.Volumes.Qcow2Header;

namespace Nines.Host.Tests.Volumes;

/// <summary>Encrypted disks by the real qemu-img, written to and read by qemu-io; no machine has them open.</summary>
public sealed class EncryptedDiskTests : IDisposable
{
    private static readonly DiskKey First = new("vol-1") { Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("the first key, of thirty-two byt")) };
    private static readonly DiskKey Second = new("snap-2") { Secret = Convert.ToBase64String(Encoding.ASCII.GetBytes("another key, of thirty-two bytes")) };
    private static readonly VolumeSpec Volume = new() { Id = "vol-1", SizeGiB = 1, Key = First };
    private const string Whole = "whole";
    private readonly string _folder = Directory.CreateTempSubdirectory("encrypted").FullName;
    private readonly ObservationLog _log = new(1, TimeProvider.System);
    private readonly HostOptions _options;
    private readonly Recording _commands = new(new HostCommands(TimeProvider.System, NullLogger<HostCommands>.Instance));
    private readonly KeptGuests _kept;
    private readonly VolumeStore _store;
    private readonly AsyncSignal _copied = new();
    private readonly SnapshotReconciler _snapshots;
    private readonly VolumeReconciler _volumes;
    private HostState _desired = new() { Generation = 1 };

    public EncryptedDiskTests()
    {
        _options = new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = Path.Combine(_folder, "images") };
        Directory.CreateDirectory(VolumeFiles.DirectoryOf(_options));
        _kept = new KeptGuests(_options, TimeProvider.System, NullLogger<KeptGuests>.Instance);
        _store = new(_options, _commands, new ImageStore(_options.ImagesDirectory, _commands, TimeProvider.System), _kept, new HypervisorUser(_options, _commands));
        var (copies, locks) = (new DiskCopies(_copied.Set), new DiskLocks());
        _snapshots = new SnapshotReconciler(new SnapshotStore(_options, _store), new Nobody(), _ => false, locks, copies, _log, NullLogger<SnapshotReconciler>.Instance);
        _volumes = new VolumeReconciler(_store, new VolumeMirrors(new MirrorStore(_options, copies, () => { }), _store, locks, copies, NullLogger.Instance), new VolumeReplicas(_options, new ReplicaStore(_options, _commands, _store, copies, TimeProvider.System), _store, locks, copies, TimeProvider.System, NullLogger.Instance), copies, id => _snapshots.IsComing(id), (_, _) => Task.FromResult<string?>(null), _log, NullLogger<VolumeReconciler>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _kept.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_disk_its_snapshots_and_what_is_made_of_them_show_nothing_and_no_command_names_the_key()
    {
        Want(Volume);
        await ApplyAsync();
        await WriteAsync("vol-1", First, 'A');
        Want(new SnapshotSpec("snap-1", "vol-1"));
        await ApplyAsync();
        await WriteAsync("vol-1", First, 'B');
        Want(new VolumeSpec { Id = "vol-2", SizeGiB = 2, SnapshotId = "snap-1", Key = First, SourceKey = First });
        await ApplyAsync();
        Want(Volume with { SizeGiB = 3 });
        await ApplyAsync();

        _volumes.StatusOf("vol-1").ShouldBe(new VolumeStatus("vol-1", VolumeState.Ready, 3));
        _volumes.StatusOf("vol-2").ShouldBe(new VolumeStatus("vol-2", VolumeState.Ready, 2));
        (await ReadAsync("vol-1", First, 'B')).ShouldBe(Whole);
        (await ReadAsync("vol-2", First, 'A')).ShouldBe(Whole);
        (await ReadAsync("vol-1", First with { Secret = Second.Secret }, 'B')).ShouldContain("Invalid password");
        Qcow2Header.Read(VolumeFiles.PathOf(_options, "vol-2"))!.BackingPath.ShouldBe(VolumeFiles.SnapshotOf(_options, "snap-1"));
        Shown('A').ShouldBeEmpty();
        Shown('B').ShouldBeEmpty();
        _commands.Lines.ShouldNotBeEmpty();
        _commands.Lines.ShouldAllBe(line => !line.Contains(First.Secret!));
    }

    [Fact]
    public async Task A_disk_that_is_not_encrypted_shows_what_is_on_it_and_its_encrypted_copies_do_not()
    {
        Want(Volume with { Key = null });
        await ApplyAsync();
        await WriteAsync("vol-1", null, 'A');
        Want(new SnapshotSpec("snap-1", "vol-1"));
        await ApplyAsync();
        Want(new SnapshotSpec("snap-2", "vol-ffffffff") { CopyOf = "snap-1", Key = Second });
        Want(new VolumeSpec { Id = "vol-2", SizeGiB = 2, SnapshotId = "snap-1", Key = First });
        await UntilAsync(() => _volumes.StatusOf("vol-2") is not null && Status("snap-2") is not null);

        Status("snap-2").ShouldBe(new SnapshotStatus("snap-2", SnapshotState.Ready, 1));
        _volumes.StatusOf("vol-2").ShouldBe(new VolumeStatus("vol-2", VolumeState.Ready, 2));
        Want(Volume with { Key = null, Presence = Presence.Absent });
        Want(new SnapshotSpec("snap-1", "vol-1", Presence.Absent));
        Shown('A').ShouldBe(["snap-1.qcow2"], customMessage: "so much for the search");
        await ApplyAsync();

        Shown('A').ShouldBeEmpty("the copies are based on nothing that is not encrypted");
        (await ReadAsync("vol-2", First, 'A')).ShouldBe(Whole);
        (await ReadAsync("snap-2", Second, 'A')).ShouldBe(Whole);
    }

    [Fact]
    public async Task A_copy_under_another_key_needs_the_first_no_more()
    {
        Want(Volume);
        await ApplyAsync();
        await WriteAsync("vol-1", First, 'A');
        Want(new SnapshotSpec("snap-1", "vol-1"));
        await ApplyAsync();
        Want(new SnapshotSpec("snap-2", "vol-ffffffff") { CopyOf = "snap-1", Key = Second, SourceKey = First });
        Want(new SnapshotSpec("snap-3", "vol-ffffffff") { CopyOf = "snap-1", Key = First, SourceKey = First });
        await UntilAsync(() => Status("snap-2") is not null);

        (await ReadAsync("snap-2", Second, 'A')).ShouldBe(Whole);
        (await ReadAsync("snap-3", First, 'A')).ShouldBe(Whole);
        Qcow2Header.Read(VolumeFiles.SnapshotOf(_options, "snap-2"))!.ShouldBe(new Qcow2Header(1L << 30, null, IsEncrypted: true));
    }

    [Fact]
    public async Task A_disk_whose_secret_is_not_told_yet_waits_and_one_whose_key_cannot_be_had_fails()
    {
        Want(Volume with { Key = new DiskKey("vol-1") });
        Want(Volume with { Id = "vol-2", Key = new DiskKey("vol-2") { Failure = "The key is disabled." } });

        (await ApplyAsync()).ShouldBeFalse();

        _volumes.StatusOf("vol-1").ShouldBeNull();
        _volumes.StatusOf("vol-2").ShouldBe(new VolumeStatus("vol-2", VolumeState.Failed, 1, "The key is disabled."));
        Directory.GetFiles(VolumeFiles.DirectoryOf(_options)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_is_there_is_ready_without_its_key_and_its_snapshot_waits_for_it()
    {
        Want(Volume);
        await ApplyAsync();
        Want(Volume with { SizeGiB = 2, Key = new DiskKey("vol-1") { Failure = "The key is disabled." } });
        Want(new SnapshotSpec("snap-1", "vol-1"));

        (await ApplyAsync()).ShouldBeFalse();
        _volumes.StatusOf("vol-1").ShouldBe(new VolumeStatus("vol-1", VolumeState.Ready, 1));
        Status("snap-1").ShouldBeNull();

        Want(Volume);
        await ApplyAsync();
        Status("snap-1").ShouldBe(new SnapshotStatus("snap-1", SnapshotState.Ready, 1));
    }

    [Fact]
    public async Task A_disk_is_made_though_the_processor_could_not_be_measured_at_first()
    {
        _commands.Refusals = 2;
        Want(Volume);
        await ApplyAsync();

        _volumes.StatusOf("vol-1").ShouldBe(new VolumeStatus("vol-1", VolumeState.Ready, 1));
        _commands.Refusals.ShouldBe(0);
    }

    [Fact]
    public async Task What_the_cloud_says_of_a_snapshot_must_be_so()
    {
        Want(Volume);
        await ApplyAsync();
        Want(new SnapshotSpec("snap-1", "vol-1"));
        await ApplyAsync();
        Want(new VolumeSpec { Id = "vol-2", SizeGiB = 1, SnapshotId = "snap-1" });
        await ApplyAsync();

        _volumes.StatusOf("vol-2").ShouldBe(new VolumeStatus("vol-2", VolumeState.Failed, 1, "Snapshot snap-1 is encrypted."));
    }

    private void Want(VolumeSpec spec) => _desired = _desired with { Volumes = _desired.Volumes.SetItem(spec.Id, spec) };

    private void Want(SnapshotSpec spec) => _desired = _desired with { Snapshots = _desired.Snapshots.SetItem(spec.Id, spec) };

    private SnapshotStatus? Status(string id) =>
        _log.ReadAsync(0, TimeSpan.Zero, () => 1, Cancellation).GetAwaiter().GetResult().Snapshots.FirstOrDefault(snapshot => snapshot.Id == id);

    /// <summary>As the agent does it.</summary>
    private async Task<bool> ApplyAsync()
    {
        var (first, collects) = await _snapshots.ApplyAsync(_desired, Cancellation);
        var made = await _volumes.ApplyAsync(_desired.Volumes, _snapshots.Pending(_desired), Cancellation);
        var (settled, more) = await _snapshots.ApplyAsync(_desired, Cancellation);
        if (collects || more)
        {
            _store.Collect();
        }

        return (first || settled) && made;
    }

    private async Task UntilAsync(Func<bool> isSo)
    {
        await ApplyAsync();
        while (!isSo())
        {
            await _copied.WaitAsync(TimeSpan.FromSeconds(60), TimeProvider.System, Cancellation);
            await ApplyAsync();
        }
    }

    private string PathOf(string id) => Path.Combine(VolumeFiles.DirectoryOf(_options), id + ".qcow2");

    /// <summary>The files in which a run of a letter can be found.</summary>
    private string[] Shown(char letter)
    {
        var sought = Encoding.ASCII.GetBytes(new string(letter, 512));
        return [.. Directory.GetFiles(VolumeFiles.DirectoryOf(_options)).Where(path => File.ReadAllBytes(path).AsSpan().IndexOf(sought) >= 0).Select(path => Path.GetFileName(path)!).Order()];
    }

    private Task WriteAsync(string id, DiskKey? key, char letter) => IoAsync(id, key, $"write -P {(int)letter} 0 64k");

    /// <summary>Reads what should be the letter: <see cref="Whole"/>, or what is wrong with it.</summary>
    private async Task<string> ReadAsync(string id, DiskKey? key, char letter)
    {
        var result = await IoAsync(id, key, $"read -P {(int)letter} 0 64k");
        return result.ExitCode == 0 ? Whole : $"{result.ExitCode}: {result.Output}{result.Error}";
    }

    private Task<HostCommandResult> IoAsync(string id, DiskKey? key, string command)
    {
        var (secrets, input) = DiskKeys.Hand(key);
        return _commands.RunAsync(
            new HostCommand("qemu-io", [.. secrets, "--image-opts", "-c", command, DiskKeys.ImageOf(PathOf(id), key)]) { StandardInput = input, AcceptedExitCodes = [0, 1], Timeout = TimeSpan.FromMinutes(3) }, Cancellation);
    }

    private sealed class Nobody : IOpenDisks
    {
        public Task<string?> FileOfAsync(string volumeId, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

        public Task SwitchAsync(IReadOnlyCollection<NextFile> disks, CancellationToken cancellationToken) => throw new IOException("nobody");

        public bool HasCome(SnapshotMoment moment) => true;
    }

    private sealed class Recording(HostCommands commands) : IHostCommands
    {
        public List<string> Lines { get; } = [];

        /// <summary>How often <c>qemu-img create</c> is still to fail as it does on a busy machine.</summary>
        public int Refusals { get; set; }

        public Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken)
        {
            lock (Lines)
            {
                Lines.Add(command.ToString());
            }

            if (Refusals > 0 && command.Arguments.Contains("create"))
            {
                Refusals--;
                throw new HostCommandException(command, 1, "qemu-img: vol-1.qcow2.next: Unable to get accurate CPU usage", "exit code 1");
            }

            return command.Program == "getent"
                ? Task.FromResult(new HostCommandResult(0, "nobody:x:-1:-1:", "", TimeSpan.Zero)) // to lchown(2): leave it
                : commands.RunAsync(command, cancellationToken);
        }
    }
}
