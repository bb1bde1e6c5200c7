using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Reports;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Volumes;

/// <summary>Real disks by the real qemu-img; only the change of owner, which needs root, is left out.</summary>
public sealed class VolumeReconcilerTests : IDisposable
{
    private static readonly VolumeSpec Volume = new() { Id = "vol-1", SizeGiB = 8 };
    private static readonly HashSet<string> Nobody = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("volumes").FullName;
    private readonly ObservationLog _log = new(1, TimeProvider.System);
    private readonly KeptGuests _kept;
    private readonly VolumeStore _store;
    private readonly VolumeReconciler _reconciler;

    public VolumeReconcilerTests()
    {
        HostOptions options = new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = Path.Combine(_folder, "images") };
        Directory.CreateDirectory(VolumeFiles.DirectoryOf(options));
        var commands = new WithoutRoot();
        _kept = new KeptGuests(options, TimeProvider.System, NullLogger<KeptGuests>.Instance);
        _store = new(options, commands, new ImageStore(options.ImagesDirectory, commands, TimeProvider.System), _kept, new HypervisorUser(options, commands));
        var copies = new DiskCopies(() => { });
        _reconciler = new(_store, new VolumeMirrors(new MirrorStore(options, copies, () => { }), _store, new DiskLocks(), copies, NullLogger.Instance), new VolumeReplicas(options, new ReplicaStore(options, commands, _store, copies, TimeProvider.System), _store, new DiskLocks(), copies, TimeProvider.System, NullLogger.Instance), copies, _ => false, (_, _) => Task.FromResult<string?>(null), _log, NullLogger<VolumeReconciler>.Instance);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string VolumePath => Path.Combine(_folder, "volumes", "vol-1.qcow2");

    public void Dispose()
    {
        _kept.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_disk_is_made_once_grown_and_removed()
    {
        (await ApplyAsync(Volume)).ShouldBe(new VolumeStatus("vol-1", VolumeState.Ready, 8));
        File.GetUnixFileMode(VolumePath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var made = File.GetCreationTimeUtc(VolumePath);

        (await ApplyAsync(Volume)).SizeGiB.ShouldBe(8);
        File.GetCreationTimeUtc(VolumePath).ShouldBe(made);

        (await ApplyAsync(Volume with { SizeGiB = 16 })).SizeGiB.ShouldBe(16);
        (await ApplyAsync(Volume with { Presence = Presence.Absent })).State.ShouldBe(VolumeState.Gone);
        Directory.GetFiles(Path.GetDirectoryName(VolumePath)!).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_a_machine_has_open_is_neither_grown_nor_removed()
    {
        await ApplyAsync(Volume);

        (await ApplyAsync(Volume with { SizeGiB = 16 }, inUse: ["vol-1"])).SizeGiB.ShouldBe(8);
        (await ApplyAsync(Volume with { Presence = Presence.Absent }, inUse: ["vol-1"])).State.ShouldBe(VolumeState.Ready);

        File.Exists(VolumePath).ShouldBeTrue();
    }

    [Fact]
    public async Task A_disk_left_out_is_left_alone()
    {
        await ApplyAsync(Volume);

        await _reconciler.ApplyAsync(ImmutableDictionary<string, VolumeSpec>.Empty, Nobody, Cancellation);

        File.Exists(VolumePath).ShouldBeTrue();
    }

    [Fact]
    public async Task A_disk_of_an_unknown_image_says_so()
    {
        var digest = new string('a', 64);

        (await ApplyAsync(Volume with { ImageDigest = digest }))
            .ShouldBe(new VolumeStatus("vol-1", VolumeState.Failed, 8, $"Image {digest} is not on this host."));
    }

    [Fact]
    public async Task A_damaged_disk_is_not_made_again()
    {
        await ApplyAsync(Volume);
        await File.WriteAllTextAsync(VolumePath, "what is this", Cancellation);

        var status = await ApplyAsync(Volume);

        status.State.ShouldBe(VolumeState.Failed);
        status.Message!.ShouldContain("damaged");
        (await File.ReadAllTextAsync(VolumePath, Cancellation)).ShouldBe("what is this");
    }

    [Fact]
    public async Task A_disk_that_is_gone_is_lost_until_it_is_back_and_never_made_anew()
    {
        await ApplyAsync(Volume);
        File.Move(VolumePath, VolumePath + ".away");

        var lost = await ApplyAsync(Volume with { IsMade = true });
        (lost.State, lost.Message).ShouldBe((VolumeState.Failed, $"The disk of vol-1 is lost: {VolumePath} is not there. It is in use again once its file is."));
        File.Exists(VolumePath).ShouldBeFalse();

        File.Move(VolumePath + ".away", VolumePath);
        (await ApplyAsync(Volume with { IsMade = true })).State.ShouldBe(VolumeState.Ready);
        File.Delete(VolumePath);
        (await ApplyAsync(Volume with { IsMade = true, Presence = Presence.Absent })).State.ShouldBe(VolumeState.Gone, "who deletes it need not find it first");
    }

    [Fact]
    public async Task What_an_interrupted_making_left_is_no_obstacle()
    {
        await File.WriteAllTextAsync(VolumePath + ".next", "half a disk", Cancellation);

        (await ApplyAsync(Volume)).State.ShouldBe(VolumeState.Ready);

        File.Exists(VolumePath + ".next").ShouldBeFalse();
    }

    private async Task<VolumeStatus> ApplyAsync(VolumeSpec spec, params string[] inUse)
    {
        await _reconciler.ApplyAsync(ImmutableDictionary<string, VolumeSpec>.Empty.Add(spec.Id, spec), inUse.ToHashSet(), Cancellation);
        var report = await _log.ReadAsync(0, TimeSpan.Zero, () => 1, Cancellation);
        return report.Volumes.Single();
    }

    private sealed class WithoutRoot : IHostCommands
    {
        private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);

        public Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken) => command.Program == "getent"
            ? Task.FromResult(new HostCommandResult(0, "nobody:x:-1:-1:", "", TimeSpan.Zero)) // to lchown(2): leave it
            : _commands.RunAsync(command, cancellationToken);
    }
}
