using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Mirrors;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Vms;

public sealed class MachineDisksTests : IAsyncDisposable
{
    private const string Root = "vol-00000000000000000";
    private const string A = "vol-0000000000000000a";
    private const string B = "vol-0000000000000000b";
    private const string Vm = "i-00000000000000001";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("disks");
    private readonly Dictionary<string, VolumeReadiness> _volumes = [];
    private readonly KeptGuests _kept;
    private readonly MachineDisks _disks;
    private FakeHypervisor _hypervisor = null!;
    private QemuMachine _machine = null!;

    public MachineDisksTests()
    {
        var (commands, copies) = (new HostCommands(TimeProvider.System, NullLogger<HostCommands>.Instance), new DiskCopies(() => { }));
        var images = new ImageStore(Options.ImagesDirectory, commands, TimeProvider.System);
        _kept = new KeptGuests(Options, TimeProvider.System, NullLogger<KeptGuests>.Instance);
        var store = new ReplicaStore(Options, commands, new VolumeStore(Options, commands, images, _kept, new HypervisorUser(Options, commands)), copies, TimeProvider.System);
        var replicas = new MachineReplicas(
            store, new ReplicaCopier(store, commands, TimeProvider.System), new ReplicaSockets("", ""), _ => false, TimeSpan.FromSeconds(10), TimeProvider.System, NullLogger.Instance);
        _disks = new MachineDisks(Options, new MirrorStore(Options, copies, () => { }), store, replicas, TimeProvider.System);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private HostOptions Options => new()
    {
        HostId = "host-1",
        StateDirectory = _folder.FullName,
        RunDirectory = _folder.FullName,
        ImagesDirectory = _folder.FullName,
    };

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        await _hypervisor.DisposeAsync();
        _kept.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_so_since_the_last_round_costs_no_question()
    {
        Begin(Root);
        (await RoundAsync(Root)).ShouldBe((false, false));
        var asked = _hypervisor.Commands.Count;

        (await RoundAsync(Root)).ShouldBe((false, false));

        _hypervisor.Commands.Count.ShouldBe(asked);
        _disks.Plugged.All.ShouldBe([Root]);
    }

    [Fact]
    public async Task Disks_come_in_order_each_once_the_guest_has_seen_the_one_before()
    {
        Begin(Root);

        await _disks.PlugInOrderAsync(_machine, [.. new[] { Root, A, B }.Select(id => new VmDisk(id, "/dev/sdf"))], _ => Ready, Cancellation);

        (_hypervisor.Devices["disk1"].Node, _hypervisor.Devices["disk2"].Node).ShouldBe((A, B));
        _hypervisor.Questions.ShouldBe(3);
        _disks.Plugged.All.ShouldBe([Root, A, B], ignoreOrder: true);
    }

    [Fact]
    public async Task A_disk_is_opened_and_plugged_into_a_port_that_is_free()
    {
        Begin(Root);

        (await RoundAsync(Root, A)).IsUnsettled.ShouldBeFalse();

        _hypervisor.Devices["disk1"].Node.ShouldBe(A);
        _hypervisor.Nodes.Keys.ShouldBe([Root, $"file-{Root}", A, $"file-{A}"], ignoreOrder: true);
    }

    [Fact]
    public async Task The_hypervisor_knows_the_secret_of_an_encrypted_disk_as_long_as_it_has_the_disk()
    {
        Begin(Root);
        _volumes[A] = Ready with { Key = new DiskKey("one") { Secret = "open sesame" } };
        _volumes[B] = Ready with { Key = new DiskKey("one") { Secret = "open sesame" } };

        await RoundAsync(Root, A, B);

        _hypervisor.Commands.ShouldBe(["object-add", "blockdev-add", "blockdev-add", "device_add", "blockdev-add", "blockdev-add", "device_add"], ignoreOrder: true);
        _hypervisor.Secrets.ShouldBe(new Dictionary<string, string> { ["key-one"] = "open sesame" });

        _hypervisor.LetGo("disk1");
        await RoundAsync(Root, B);
        _hypervisor.Secrets.ShouldContainKey("key-one", "the other disk has it too");

        _hypervisor.LetGo("disk2");
        await RoundAsync(Root);
        _hypervisor.Secrets.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_is_not_there_yet_is_waited_for()
    {
        Begin(Root);
        _volumes[A] = Ready with { IsReady = false };
        (await RoundAsync(Root, A)).IsUnsettled.ShouldBeTrue();

        _volumes[A] = Ready;
        (await RoundAsync(Root, A)).IsUnsettled.ShouldBeFalse();

        _disks.Plugged.Contains(A).ShouldBeTrue();
    }

    [Fact]
    public async Task A_disk_is_closed_once_the_guest_has_let_go_of_it()
    {
        Begin(Root, A);
        (await RoundAsync(Root)).IsUnsettled.ShouldBeTrue();
        (await RoundAsync(Root)).IsUnsettled.ShouldBeTrue();
        _hypervisor.Commands.ShouldBe(["device_del"], "it is not asked again at once");
        _disks.Plugged.Contains(A).ShouldBeTrue();

        _hypervisor.LetGo("disk1");
        (await RoundAsync(Root)).ShouldBe((false, true));

        _hypervisor.Nodes.Keys.ShouldBe([Root, $"file-{Root}"], ignoreOrder: true);
        _disks.Plugged.All.ShouldBe([Root]);
    }

    [Fact]
    public async Task A_disk_that_goes_is_not_forgotten_for_one_that_waits()
    {
        Begin(Root, A);
        _volumes[B] = Ready with { IsReady = false };
        (await RoundAsync(Root, B)).IsUnsettled.ShouldBeTrue("as many are plugged as shall be, and they are others");

        _hypervisor.LetGo("disk1");
        await RoundAsync(Root, B);

        _disks.Plugged.All.ShouldBe([Root]);
    }

    [Fact]
    public async Task Limits_and_sizes_follow_what_the_volume_shall_be()
    {
        Begin(Root);
        _volumes[Root] = Ready with { IopsLimit = 100, BytesPerSecondLimit = 5000, SizeBytes = 2L << 30 };

        (await RoundAsync(Root)).Changed.ShouldBeTrue("it became larger");

        _hypervisor.Devices["disk0"].ShouldBe((Root, 100, 5000));
        _hypervisor.Nodes[Root].ShouldBe(2L << 30);
    }

    [Fact]
    public async Task The_root_disk_stays()
    {
        Begin(Root);

        await RoundAsync();

        _hypervisor.Commands.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_without_virtio_gets_disks_that_its_guest_drives()
    {
        Begin(isEmulated: true, Root);
        _volumes[Root] = Ready with { IopsLimit = 100 };
        _volumes[A] = Ready with { IopsLimit = 200 };

        (await RoundAsync(Root, A)).IsUnsettled.ShouldBeFalse();

        _hypervisor.Drivers.ShouldBe(new Dictionary<string, string> { ["disk1"] = "nvme" });
        (_hypervisor.Devices["disk0"].Iops, _hypervisor.Devices["disk1"].Iops).ShouldBe((100, 200), "the limits of both are found by what the devices are called");

        _volumes[Root] = _volumes[A] = Ready with { SizeBytes = 2L << 30 };
        (await RoundAsync(Root, A)).IsUnsettled.ShouldBeFalse();
        (_hypervisor.Nodes[Root], _hypervisor.Nodes[A]).ShouldBe((2L << 30, 1L << 30), "the hypervisor's NVMe holds on to the size of its disk");

        (await RoundAsync(Root)).IsUnsettled.ShouldBeTrue();
        _hypervisor.Commands.ShouldContain("device_del");
    }

    private static VolumeReadiness Ready => new(true, 1L << 30, 0, 0);

    private void Begin(params string[] plugged) => Begin(isEmulated: false, plugged);

    private void Begin(bool isEmulated, params string[] plugged)
    {
        _hypervisor = new FakeHypervisor(plugged) { IsEmulated = isEmulated };
        var files = new VmFiles(Options, Vm);
        Directory.CreateDirectory(files.RunDirectory);
        File.CreateSymbolicLink(files.MonitorSocket, _hypervisor.SocketPath);
        _machine = new QemuMachine(files, ProcessTable.Find(Environment.ProcessId)!, TimeProvider.System, _ => { }, () => { });
    }

    private Task<(bool IsUnsettled, bool Changed)> RoundAsync(params string[] wanted) =>
        _disks.ReconcileAsync(_machine, [.. wanted.Select(id => new VmDisk(id, "/dev/sdf"))], id => _volumes.GetValueOrDefault(id, Ready), Cancellation);
}
