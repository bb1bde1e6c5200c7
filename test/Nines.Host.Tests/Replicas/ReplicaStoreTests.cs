using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Replicas;

/// <summary>Real disks by the real qemu-img, written to by qemu-io.</summary>
public sealed class ReplicaStoreTests : IDisposable
{
    private const string Id = "vol-0000000000000000a";
    private readonly ReplicaWorld _world = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _world.Dispose();

    /// <summary>
    /// All that lies on the second disk when the agent, a process or the disk's power ends between two steps, or amid one: at each of these moments the copy is the disk as it
    /// was at one moment, whole, and so is what is made of the files after that.
    /// </summary>
    public static TheoryData<string, int> Crashes => new()
    {
        { "", 0 },
        { "1.next=1", 0 },
        { "1.copy=1", 1 },
        { "1.copy=1 2.next=half", 1 },
        { "1.copy=1 2.next=change", 1 },
        { "1.copy=1 1.2.change=change", 2 },
        { "1.copy=applying 1.2.change=change", 2 },
        { "1.copy=2 1.2.change=change", 2 },
        { "2.copy=2 1.2.change=change", 2 },
        { "2.copy=2", 2 },
        { "2.copy=2 3.next=half", 2 },
        { "2.copy=2 3.copy=3", 3 },
        { "1.copy=applying 1.2.change=change 3.next=3", 2 },
        { "1.copy=applying 1.2.change=change 3.copy=3", 3 },
        { "1.2.change=change 3.copy=3", 3 },
        { "3.copy=3", 3 },
    };

    [Theory]
    [MemberData(nameof(Crashes))]
    public async Task At_whatever_step_it_ends_the_copy_is_one_whole_moment(string files, int moment)
    {
        foreach (var file in files.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(file => file.Split('=')))
        {
            await WriteAsync(file[0], file[1]);
        }

        await ShouldHoldAsync(moment);
        await _world.Store.SettleAsync(Id, null, Cancellation);
        await ShouldHoldAsync(moment);

        Directory.GetFiles(_world.Second).Select(Path.GetFileName).ShouldBe(moment == 0 ? [] : [$"{Id}.{moment}.copy"]);
    }

    [Fact]
    public async Task A_change_that_cannot_be_written_into_the_copy_is_kept_with_it()
    {
        await WriteAsync("1.copy", "1");
        await WriteAsync("1.2.change", "change");
        _world.Fails = command => command.Arguments.Contains("commit");

        await Should.ThrowAsync<HostCommandException>(() => _world.Store.SettleAsync(Id, null, Cancellation));
        await ShouldHoldAsync(2);

        _world.Fails = _ => false;
        (await _world.Store.SettleAsync(Id, null, Cancellation)).ShouldBe(new Replica(new ReplicaFile(Id, 2), null));
    }

    [Fact]
    public async Task A_volume_is_in_step_until_somebody_opens_it()
    {
        await _world.Store.NoteInStepAsync(Id, 5);
        _world.Again().InStepOf(Id).ShouldBe(5);

        (await _world.Store.OpenAsync(Id)).ShouldBe(5);

        _world.Again().InStepOf(Id).ShouldBeNull("whoever opens it after this one was killed must not believe it");
        (await _world.Store.OpenAsync(Id)).ShouldBeNull();
        await _world.Store.CloseAsync(Id, null);
        _world.Again().InStepOf(Id).ShouldBeNull();
        await _world.Store.CloseAsync(Id, 6);
        _world.Again().InStepOf(Id).ShouldBe(6);
    }

    [Fact]
    public async Task A_second_disk_that_is_away_is_not_made_up_for_by_a_folder()
    {
        Directory.Delete(_world.Options.MirrorDirectory!, recursive: true);

        await Should.ThrowAsync<IOException>(() => _world.Store.MakeDraftAsync(Id, 1, null, ReplicaWorld.Bytes, Cancellation));

        Directory.Exists(_world.Options.MirrorDirectory).ShouldBeFalse();
        _world.Store.Find(Id).ShouldBeNull();
    }

    [Fact]
    public async Task Nothing_is_left_of_a_copy_that_is_removed()
    {
        await WriteAsync("1.copy", "1");
        await WriteAsync("1.2.change", "change");
        await WriteAsync("3.next", "half");
        await _world.Store.MakeDraftAsync(Id, 4, ReplicaWorld.Key, ReplicaWorld.Bytes, Cancellation);
        await _world.Store.NoteInStepAsync(Id, 2);
        await WriteAsync("1.copy", "1", "vol-0000000000000000b");

        await _world.Store.RemoveAsync(Id);

        Directory.GetFiles(_world.Second).Select(Path.GetFileName).ShouldBe(["vol-0000000000000000b.1.copy"]);
        Directory.GetFiles(VolumeFiles.DirectoryOf(_world.Options)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_encrypted_is_so_in_the_copy_and_in_what_changes_it()
    {
        var at = _world.Store.NextMoment(null);
        var copy = await _world.Store.MakeDraftAsync(Id, at, ReplicaWorld.Key, ReplicaWorld.Bytes, Cancellation);
        await ReplicaWorld.WriteAsync(copy, ReplicaWorld.Key, "write -P 0x41 0 128k");
        _world.Store.Keep(copy, Id, at, null);
        var change = await _world.Store.MakeDraftAsync(Id, at + 1, ReplicaWorld.Key, ReplicaWorld.Bytes, Cancellation);
        await ReplicaWorld.WriteAsync(change, ReplicaWorld.Key, "write -P 0x42 64k 64k");
        _world.Store.Keep(change, Id, at + 1, at);
        await ReplicaWorld.ShouldHoldAsync(_world.Store.ImageOf(_world.Store.Find(Id)!, ReplicaWorld.Key), ReplicaWorld.Key, "read -P 0x41 0 64k", "read -P 0x42 64k 64k");

        var whole = (await _world.Store.SettleAsync(Id, ReplicaWorld.Key, Cancellation)).ShouldNotBeNull();

        await ReplicaWorld.ShouldHoldAsync(_world.Store.ImageOf(whole, ReplicaWorld.Key), ReplicaWorld.Key, "read -P 0x41 0 64k", "read -P 0x42 64k 64k");
        foreach (var file in Directory.GetFiles(_world.Second))
        {
            (File.GetUnixFileMode(file) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)).ShouldBe(default);
            var content = await File.ReadAllBytesAsync(file, Cancellation);
            content.AsSpan().IndexOf("AAAAAAAAAAAAAAAA"u8).ShouldBe(-1);
            content.AsSpan().IndexOf("BBBBBBBBBBBBBBBB"u8).ShouldBe(-1);
        }
    }

    /// <summary>Moments write their number to parts of the disk: 1 to the first three, 2 to the first two of these, 3 to the first.</summary>
    private async Task WriteAsync(string name, string content, string id = Id)
    {
        var path = Path.Combine(_world.Second, $"{id}.{name}");
        await _world.MakeAsync(path);
        await ReplicaWorld.WriteAsync(path, null, content switch
        {
            "1" => ["write -P 1 0 192k"],
            "2" => ["write -P 1 0 192k", "write -P 2 0 128k"],
            "3" => ["write -P 1 0 192k", "write -P 2 0 128k", "write -P 3 0 64k"],
            "applying" => ["write -P 1 0 192k", "write -P 2 64k 64k"],
            "change" => ["write -P 2 0 128k"],
            "half" => ["write -P 2 64k 64k"],
            _ => throw new ArgumentException(content),
        });
    }

    private async Task ShouldHoldAsync(int moment)
    {
        var replica = _world.Store.Find(Id);
        (replica?.At ?? 0).ShouldBe(moment);
        if (replica is not null)
        {
            await ReplicaWorld.ShouldHoldAsync(
                _world.Store.ImageOf(replica, null), null, $"read -P {moment} 0 64k", $"read -P {Math.Min(moment, 2)} 64k 64k", "read -P 1 128k 64k", "read -P 0 192k 64k");
        }
    }
}
