using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Replicas;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Replicas;

/// <summary>The real hypervisor with a disk that is based on another, as a server's root is.</summary>
public sealed class ReplicaCopierTests : IAsyncDisposable
{
    private const string Id = "vol-0000000000000000a";
    private readonly ReplicaWorld _world = new();
    private RealHypervisor _hypervisor = null!;
    private DiskKey? _key;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Own => VolumeFiles.PathOf(_world.Options, Id);

    private ReplicaSockets Sockets => new(Path.Combine(_world.Options.RunDirectory, "lend"), Path.Combine(_world.Options.RunDirectory, "copies"));

    public async ValueTask DisposeAsync()
    {
        await _hypervisor.DisposeAsync();
        _world.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_copy_is_all_of_the_disk_and_then_what_was_written_since(bool isEncrypted)
    {
        await BeginAsync(isEncrypted ? ReplicaWorld.Key : null);
        await _hypervisor.DoAsync("write -P 2 1M 64k");
        var first = await CopyAsync();
        first.ShouldNotBeNull();
        await ShouldHoldAsync("read -P 1 0 1M", "read -P 2 1M 64k", "read -P 1 1088k 64k", "read -P 0 4M 1M");
        _world.Ran.ShouldNotContain("qemu-img commit", "there was nothing to write it into");

        (await CopyAsync()).ShouldBeNull("nothing was written");
        await _hypervisor.DoAsync("write -P 3 2M 64k");
        await _hypervisor.DoAsync("write -z 0 64k");
        (await CopyAsync())!.Value.ShouldBeGreaterThan(first.Value);

        _world.Ran.ShouldContain("qemu-img commit");
        await ShouldHoldAsync("read -P 0 0 64k", "read -P 1 64k 64k", "read -P 2 1M 64k", "read -P 3 2M 64k");
        (await MachineDisks.NodesAsync(_hypervisor.Monitor, Cancellation)).Keys.Where(name => name.StartsWith("cbw", StringComparison.Ordinal) || name.StartsWith("snap", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_written_and_given_back_while_a_moment_is_copied_is_in_the_next()
    {
        await BeginAsync(null);
        foreach (var (value, next) in new[] { (1, 2), (2, 3) })
        {
            _world.Before = command =>
            {
                if (command.Program == "qemu-nbd")
                {
                    _hypervisor.DoAsync($"write -P {next} 0 64k").Wait(Cancellation);
                    _hypervisor.DoAsync("write -z -u 1M 1M").Wait(Cancellation);
                    _hypervisor.DoAsync($"write -P {next} {next}M 64k").Wait(Cancellation);
                }
            };
            await CopyAsync();
            await ShouldHoldAsync($"read -P {value} 0 64k", value == 1 ? "read -P 1 1M 1M" : "read -P 0 1M 1M", value == 1 ? "read -P 1 2M 64k" : "read -P 2 2M 64k", "read -P 0 4M 1M");
        }

        _world.Before = _ => { };
        await CopyAsync();
        await ShouldHoldAsync("read -P 3 0 64k", "read -P 2 2M 64k", "read -P 3 3M 64k");
    }

    [Fact]
    public async Task A_disk_that_nobody_writes_to_any_more_is_copied_as_it_is_and_is_in_step_then()
    {
        await BeginAsync(null);
        await CopyAsync();
        await _hypervisor.DoAsync("write -P 2 0 64k");
        var clock = System.Diagnostics.Stopwatch.StartNew();

        var at = (await CopyAsync(isQuiet: true)).ShouldNotBeNull();

        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(5));
        await ShouldHoldAsync("read -P 2 0 64k", "read -P 1 64k 64k");
        var nodes = await MachineDisks.NodesAsync(_hypervisor.Monitor, Cancellation);
        ReplicaNodes.WrittenSince(nodes, Id, at).ShouldBe(0);
        await _hypervisor.QuitAsync().WaitAsync(TimeSpan.FromSeconds(5), Cancellation);
    }

    [Fact]
    public async Task A_copy_that_is_cut_short_leaves_the_one_before_and_loses_no_note()
    {
        await BeginAsync(null);
        await CopyAsync();
        await _hypervisor.DoAsync("write -P 2 0 64k");
        foreach (var program in new[] { "qemu-nbd", "qemu-img map", "qemu-img create" })
        {
            _world.Fails = command => $"{command.Program} {command.Arguments[0]}".StartsWith(program, StringComparison.Ordinal);
            await Should.ThrowAsync<Exception>(CopyAsync);
            await ShouldHoldAsync("read -P 1 0 64k");
        }

        _world.Fails = command => command.Arguments.Contains("commit");
        await Should.ThrowAsync<Exception>(CopyAsync);
        await ShouldHoldAsync("read -P 2 0 64k");
        _world.Fails = _ => false;
        await _hypervisor.DoAsync("write -P 3 64k 64k");
        _world.Ran.Clear();

        _world.Again();
        await CopyAsync();

        await ShouldHoldAsync("read -P 2 0 64k", "read -P 3 64k 64k", "read -P 1 128k 64k");
        _world.Ran.Count(ran => ran == "qemu-img commit").ShouldBe(2);
        _world.Store.Find(Id)!.Change.ShouldBeNull();
    }

    [Fact]
    public async Task An_agent_that_dies_amid_a_copy_leaves_what_the_next_one_clears()
    {
        await BeginAsync(null);
        await CopyAsync();
        await _hypervisor.DoAsync("write -P 2 0 64k");
        var dies = new TaskCompletionSource();
        using var isOver = new ManualResetEventSlim();
        _world.Before = command =>
        {
            if (command.Program == "qemu-nbd")
            {
                dies.SetResult();
                isOver.Wait(Cancellation);
            }
        };
        var dead = Task.Factory.StartNew(CopyAsync, Cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
        await dies.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
        await _hypervisor.DoAsync("write -P 3 64k 64k");
        _world.Before = _ => { };
        _world.Again();
        _world.Ran.Clear();

        await CopyAsync();

        await ShouldHoldAsync("read -P 2 0 64k", "read -P 3 64k 64k", "read -P 1 128k 64k");
        _world.Ran.ShouldContain("qemu-img commit");
        Directory.GetFiles(_world.Second).ShouldHaveSingleItem();
        isOver.Set();
        await Should.ThrowAsync<Exception>(() => dead, "what it was about to write is gone");
    }

    [Fact]
    public async Task A_snapshot_ends_what_is_copied_and_the_notes_go_on()
    {
        await BeginAsync(null);
        await CopyAsync();
        await _hypervisor.DoAsync("write -P 2 0 64k");
        var overlay = Own + ".overlay";
        await _world.Volumes.MakeOverlayAsync(overlay, "snap-1", null, ReplicaWorld.Bytes, Cancellation);
        var replicas = new MachineReplicas(
            _world.Store, new ReplicaCopier(_world.Store, _world.HostCommands, TimeProvider.System), Sockets, _ => false, TimeSpan.FromSeconds(10), TimeProvider.System, NullLogger.Instance);
        var disks = new MachineDisks(_world.Options, new MirrorStore(_world.Options, _world.Copies, () => { }), _world.Store, replicas, TimeProvider.System);

        await disks.SwitchAsync(_hypervisor.Monitor, [new NextFile(Id, overlay)], Cancellation);
        await _hypervisor.DoAsync("write -P 3 64k 64k");
        _world.Ran.Clear();
        await CopyAsync();

        await ShouldHoldAsync("read -P 2 0 64k", "read -P 3 64k 64k", "read -P 1 128k 64k");
        _world.Ran.ShouldContain("qemu-img commit", "only what was written was copied");
        await _hypervisor.DoAsync("write -P 4 128k 64k");
        await CopyAsync();
        await ShouldHoldAsync("read -P 3 64k 64k", "read -P 4 128k 64k");
    }

    [Fact]
    public async Task A_copy_of_another_moment_than_the_notes_are_of_is_made_anew()
    {
        await BeginAsync(null);
        await CopyAsync();
        var older = Directory.GetFiles(_world.Second).Single();
        File.Copy(older, older + ".kept");
        await _hypervisor.DoAsync("write -P 2 0 64k");
        await CopyAsync();
        File.Delete(Directory.GetFiles(_world.Second, "*.copy").Single());
        File.Move(older + ".kept", older);
        await _hypervisor.DoAsync("write -P 3 64k 64k");

        await CopyAsync();

        await ShouldHoldAsync("read -P 2 0 64k", "read -P 3 64k 64k", "read -P 1 128k 64k");
    }

    private async Task BeginAsync(DiskKey? key)
    {
        _key = key;
        var under = VolumeFiles.SnapshotOf(_world.Options, "snap-0");
        await _world.Volumes.MakeEmptyAsync(under, key, ReplicaWorld.Bytes, Cancellation);
        await ReplicaWorld.WriteAsync(under, key, "write -P 1 0 3M");
        await _world.Volumes.MakeOverlayAsync(Own, "snap-0", key, ReplicaWorld.Bytes, Cancellation);
        _hypervisor = await RealHypervisor.StartAsync(_world.Options.RunDirectory, Id, Own, key);
    }

    private Task<long?> CopyAsync() => CopyAsync(isQuiet: false);

    private Task<long?> CopyAsync(bool isQuiet) =>
        new ReplicaCopier(_world.Store, _world.HostCommands, TimeProvider.System).CopyAsync(_hypervisor.Monitor, Sockets, Id, _key, isQuiet, Cancellation);

    private Task ShouldHoldAsync(params string[] reads) => ReplicaWorld.ShouldHoldAsync(_world.Store.ImageOf(_world.Store.Find(Id).ShouldNotBeNull(), _key), _key, reads);
}
