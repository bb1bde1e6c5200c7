using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Mirrors;
using Nines.Host.Replicas;
using Nines.Host.Reports;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Replicas;

/// <summary>Volumes that no machine has open, with real disks.</summary>
public sealed class VolumeReplicasTests : IDisposable
{
    private static readonly VolumeSpec Volume = new() { Id = "vol-0000000000000000a", SizeGiB = 1, Replication = VolumeReplication.Asynchronous };
    private readonly ReplicaWorld _world = new();
    private readonly ObservationLog _log = new(1, TimeProvider.System);
    private VolumeReconciler _reconciler;

    public VolumeReplicasTests() => _reconciler = New();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Own => VolumeFiles.PathOf(_world.Options, Volume.Id);

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_volume_whose_disk_is_lost_goes_on_from_its_copy_once_that_is_accepted(bool isEncrypted)
    {
        var spec = Volume with { Key = isEncrypted ? ReplicaWorld.Key : null };
        await SettleAsync(spec);
        await _world.Store.OpenAsync(spec.Id);
        await ReplicaWorld.WriteAsync(Own, spec.Key, "write -P 0x41 0 64k");
        await _world.Store.CloseAsync(spec.Id, null);
        await SettleAsync(spec);
        File.Delete(Own);
        spec = spec with { IsMade = true };

        var lost = await ApplyAsync(spec);
        lost.State.ShouldBe(VolumeState.Lost);
        lost.CopyOf.ShouldNotBeNull();
        (await ApplyAsync(spec with { AcceptedCopy = lost.CopyOf.Value.AddSeconds(-1) })).ShouldBe(lost, "that was another loss");
        (await ApplyAsync(spec with { AcceptedCopy = lost.CopyOf }, inUse: true)).ShouldBe(lost, "what has it open would write to what is no more");
        (await ApplyAsync(spec with { Replication = VolumeReplication.None })).ShouldBe(lost, "the copy is the only one that is left");
        File.Exists(Own).ShouldBeFalse("it is not made anew");

        (await SettleAsync(spec with { AcceptedCopy = lost.CopyOf })).State.ShouldBe(VolumeState.Ready);

        await ReplicaWorld.ShouldHoldAsync(DiskKeys.ImageOf(Own, spec.Key), spec.Key, "read -P 0x41 0 64k");
        _world.Again().InStepOf(spec.Id).ShouldBe(lost.CopyOf.Value.ToUnixTimeMilliseconds());
        (await ApplyAsync(spec)).State.ShouldBe(VolumeState.Ready);
    }

    [Fact]
    public async Task A_disk_that_cannot_be_read_is_lost_and_one_that_can_again_is_not()
    {
        await SettleAsync(Volume);
        File.Move(Own, Own + ".away");
        await File.WriteAllTextAsync(Own, "no disk", Cancellation);
        (await ApplyAsync(Volume)).State.ShouldBe(VolumeState.Lost);

        File.Move(Own + ".away", Own, overwrite: true);

        (await ApplyAsync(Volume)).State.ShouldBe(VolumeState.Ready);
    }

    [Fact]
    public async Task A_closed_volume_is_copied_and_not_again_before_it_was_open()
    {
        await SettleAsync(Volume);
        var copied = _world.Store.Find(Volume.Id).ShouldNotBeNull();
        Usage().LagSeconds.ShouldBe(0);

        await SettleAsync(Volume);
        _world.Store.Find(Volume.Id).ShouldBe(copied);

        _world.Again();
        _reconciler = New();
        await SettleAsync(Volume);
        _world.Store.Find(Volume.Id).ShouldBe(copied, "the next life of the agent knows it too");

        await _world.Store.OpenAsync(Volume.Id);
        await ApplyAsync(Volume, inUse: true);
        await _world.Store.CloseAsync(Volume.Id, null);
        await SettleAsync(Volume);
        _world.Store.Find(Volume.Id)!.At.ShouldBeGreaterThan(copied.At);
    }

    [Fact]
    public async Task A_copy_goes_with_the_wish_for_it_and_with_the_volume()
    {
        await SettleAsync(Volume);
        await SettleAsync(Volume with { Replication = VolumeReplication.None });
        Directory.GetFiles(_world.Second).ShouldBeEmpty();
        File.Exists(Own).ShouldBeTrue();

        await SettleAsync(Volume);
        Directory.GetFiles(_world.Second).ShouldHaveSingleItem();
        (await ApplyAsync(Volume with { Presence = Presence.Absent })).State.ShouldBe(VolumeState.Gone);
        Directory.GetFiles(_world.Second).ShouldBeEmpty();
        Directory.GetFiles(VolumeFiles.DirectoryOf(_world.Options)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_copy_that_follows_gives_way_to_one_that_is_waited_for_and_comes_back_after_it()
    {
        await SettleAsync(Volume);
        await SettleAsync(Volume with { Replication = VolumeReplication.Synchronous });
        Directory.GetFiles(_world.Second).Select(Path.GetFileName).ShouldBe([$"{Volume.Id}.mirror", $"{Volume.Id}.qcow2"], ignoreOrder: true);

        await SettleAsync(Volume);

        Path.GetExtension(Directory.GetFiles(_world.Second).ShouldHaveSingleItem()).ShouldBe(".copy");
    }

    [Fact]
    public async Task A_second_disk_that_is_full_or_away_leaves_the_volume_as_it_is_and_heals()
    {
        _world.Fails = command => command.Arguments.Any(argument => argument.Contains(_world.Second, StringComparison.Ordinal));
        await UntilAsync(Volume, _ => Usage().Message is not null);
        (await ApplyAsync(Volume)).State.ShouldBe(VolumeState.Ready);
        Usage().LagSeconds.ShouldBeNull();

        _world.Fails = _ => false;
        await SettleAsync(Volume);
        Usage().Message.ShouldBeNull();
        _world.Store.Find(Volume.Id).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_new_volume_is_made_while_the_second_disk_cannot_be_read_and_one_that_was_made_is_not_made_anew()
    {
        Directory.Delete(_world.Second);
        await File.WriteAllTextAsync(_world.Second, "no folder", Cancellation);
        (await ApplyAsync(Volume)).State.ShouldBe(VolumeState.Ready);

        File.Delete(Own);

        (await ApplyAsync(Volume with { IsMade = true })).State.ShouldBe(VolumeState.Failed);
        File.Exists(Own).ShouldBeFalse();
    }

    [Fact]
    public async Task A_volume_that_grew_is_as_large_when_it_is_made_of_its_copy()
    {
        await SettleAsync(Volume);
        await SettleAsync(Volume with { SizeGiB = 2 });
        File.Delete(Own);
        var spec = Volume with { SizeGiB = 2, IsMade = true };
        var lost = await ApplyAsync(spec);

        (await SettleAsync(spec with { AcceptedCopy = lost.CopyOf })).SizeGiB.ShouldBe(2);
    }

    private ReplicaUsage Usage() => _reconciler.UsageOf(Volume).ShouldNotBeNull();

    private VolumeReconciler New()
    {
        var locks = new DiskLocks();
        return new VolumeReconciler(
            _world.Volumes, new VolumeMirrors(new MirrorStore(_world.Options, _world.Copies, () => { }), _world.Volumes, locks, _world.Copies, NullLogger.Instance),
            new VolumeReplicas(_world.Options, _world.Store, _world.Volumes, locks, _world.Copies, TimeProvider.System, NullLogger.Instance), _world.Copies, _ => false,
            (_, _) => Task.FromResult<string?>(null), _log, NullLogger<VolumeReconciler>.Instance);
    }

    private async Task<VolumeStatus> ApplyAsync(VolumeSpec spec, bool inUse = false)
    {
        await _reconciler.ApplyAsync(ImmutableDictionary<string, VolumeSpec>.Empty.Add(spec.Id, spec), inUse ? new HashSet<string> { spec.Id } : [], Cancellation);
        return _reconciler.StatusOf(spec.Id)!;
    }

    private Task<VolumeStatus> SettleAsync(VolumeSpec spec) => UntilAsync(spec, settled => settled);

    private async Task<VolumeStatus> UntilAsync(VolumeSpec spec, Func<bool, bool> isEnough)
    {
        var deadline = DateTimeOffset.UtcNow.AddMinutes(2);
        while (!isEnough(await _reconciler.ApplyAsync(ImmutableDictionary<string, VolumeSpec>.Empty.Add(spec.Id, spec), new HashSet<string>(), Cancellation)))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"it does not settle: {_reconciler.StatusOf(spec.Id)}, {_reconciler.UsageOf(spec)}");
            await Task.Delay(20, Cancellation);
        }

        return _reconciler.StatusOf(spec.Id)!;
    }
}
