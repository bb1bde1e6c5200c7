using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Gate;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Gate;

public sealed class KeptGuestsTests : IDisposable
{
    private const int MemoryBytes = 16 << 20;
    private static readonly MachineIdentity Identity = new("ec2aaaaa-1111-4222-a333-444455556666", "i-gate0123456789abc", "06:9e:5a:d3:71:c8", null);
    private readonly string _folder = Directory.CreateTempSubdirectory("kept").FullName;
    private KeptGuests _guests;

    public KeptGuestsTests() => _guests = Open(limit: 1 << 30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _guests.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_kept_guest_is_found_again_with_its_marks_and_loads_what_was_kept()
    {
        var key = Key("t3.micro");
        await KeepAsync(key);

        _guests.Has(key.Id).ShouldBeTrue();
        var kept = (await _guests.LoadAsync(key.Id))!;
        kept.Record.Key.ShouldBe(key);
        kept.Record.Rehearses.ShouldBeTrue();
        kept.Record.MemoryMarks.ShouldBe([new IdentityMark(0, 5000), new IdentityMark(4, (4 << 20) - 3)], "a value across two pieces is found too");
        kept.Record.StateMarks.ShouldBe([new IdentityMark(3, 6)]);
        using var memory = File.OpenHandle(kept.Memory.Path);
        var uuid = new byte[36];
        RandomAccess.Read(memory, uuid, 5000);
        Encoding.ASCII.GetString(uuid).ShouldBe(Identity.Uuid);
        RandomAccess.GetLength(memory).ShouldBe(MemoryBytes);

        var copy = Identity with { AssetTag = "i-0123456789abcdef0" };
        Encoding.ASCII.GetString(kept.StateOf(copy.Forms())).ShouldBe("state i-0123456789abcdef0 end");
        Encoding.ASCII.GetString(kept.StateOf(Identity.Forms())).ShouldBe("state i-gate0123456789abc end", "a copy leaves the kept state alone");
    }

    [Theory]
    [InlineData("memory")]
    [InlineData("state")]
    [InlineData("kept.json")]
    public async Task A_damaged_one_is_removed_and_never_launched_from(string file)
    {
        var key = Key("t3.micro");
        await KeepAsync(key);
        await using (var damaged = new FileStream(Path.Combine(FolderOf(key), file), FileMode.Open, FileAccess.ReadWrite))
        {
            damaged.Seek(3, SeekOrigin.Begin);
            damaged.WriteByte(0xff);
        }

        (await _guests.LoadAsync(key.Id)).ShouldBeNull();

        _guests.Has(key.Id).ShouldBeFalse();
    }

    [Fact]
    public async Task The_least_used_go_when_together_they_are_too_large()
    {
        _guests = Open(limit: 20 << 20);
        var (first, second, third) = (Key("t3.micro"), Key("t3.small"), Key("m5.large"));
        await KeepAsync(first);
        await KeepAsync(second);
        File.SetLastWriteTimeUtc(Path.Combine(FolderOf(first), "kept.json"), DateTimeOffset.UnixEpoch.AddDays(2).UtcDateTime);
        File.SetLastWriteTimeUtc(Path.Combine(FolderOf(second), "kept.json"), DateTimeOffset.UnixEpoch.AddDays(1).UtcDateTime);

        await KeepAsync(third);

        (_guests.Has(first.Id), _guests.Has(second.Id), _guests.Has(third.Id)).ShouldBe((true, false, true));
    }

    [Fact]
    public async Task What_was_kept_of_an_image_that_is_gone_goes_too()
    {
        var key = Key("t3.micro");
        await KeepAsync(key);

        _guests.RemoveOrphans(digest => digest == key.ImageDigest);
        _guests.Has(key.Id).ShouldBeTrue();
        _guests.RemoveOrphans(_ => false);
        _guests.Has(key.Id).ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_kept_of_a_snapshot_goes_with_it()
    {
        var snapshot = Path.Combine(_folder, "snap-1.qcow2");
        var taken = Path.ChangeExtension(snapshot, ".json");
        await File.WriteAllTextAsync(taken, "", Cancellation);
        var (key, other) = (Key("t3.micro") with { Snapshot = snapshot }, Key("t3.micro"));
        await KeepAsync(key);
        await KeepAsync(other);
        key.SnapshotId.ShouldBe("snap-1");

        _guests.RemoveOrphans(_ => true);
        _guests.RemoveOf(_folder, all: false);
        _guests.RemoveOf("/another", all: true);
        (_guests.Has(key.Id), _guests.Has(other.Id)).ShouldBe((true, true));
        _guests.RemoveOf(_folder, all: true);
        (_guests.Has(key.Id), _guests.Has(other.Id)).ShouldBe((false, true));

        await KeepAsync(key);
        File.Delete(taken);
        _guests.RemoveOf(_folder, all: false);
        (_guests.Has(key.Id), _guests.Has(other.Id)).ShouldBe((false, true));

        await KeepAsync(key);
        _guests.RemoveOrphans(_ => true);
        (_guests.Has(key.Id), _guests.Has(other.Id)).ShouldBe((false, true));
    }

    [Fact]
    public async Task What_is_kept_anew_is_another_keeping_and_is_loaded_anew()
    {
        var key = Key("t3.micro");
        await KeepAsync(key);
        var first = (await _guests.LoadAsync(key.Id))!;
        (first.Tag, KeptGuest.IdOf(first.Tag)).ShouldBe((_guests.TagOf(key.Id), key.Id));

        using var held = first.Memory.TryHold().ShouldNotBeNull();
        Directory.Delete(FolderOf(key), recursive: true);
        await KeepAsync(key, memory: 9);

        var second = (await _guests.LoadAsync(key.Id))!;
        (second.Tag, second.Tag == first.Tag).ShouldBe((_guests.TagOf(key.Id), false));
        File.Exists(first.Memory.Path).ShouldBeTrue("whoever holds it has it");
        held.Dispose();
        first.Memory.TryHold().ShouldBeNull();
    }

    [Fact]
    public async Task A_guest_that_writes_its_identity_everywhere_is_not_kept()
    {
        var key = Key("t3.micro");
        var staging = _guests.Stage(key.Id);
        await File.WriteAllBytesAsync(Path.Combine(staging, "memory"), [.. Enumerable.Repeat(Encoding.ASCII.GetBytes(Identity.AssetTag), 70_000).SelectMany(bytes => bytes)], Cancellation);
        await File.WriteAllTextAsync(Path.Combine(staging, "state"), "", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(staging, "console.log"), "", Cancellation);
        (await Should.ThrowAsync<VmStartException>(() => _guests.PublishAsync(key.Id, staging, key, Identity, rehearses: true, Cancellation))).Message.ShouldContain("more places");

        await File.WriteAllTextAsync(Path.Combine(staging, "memory"), "", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(staging, "console.log"), new string('x', (1 << 20) + 1), Cancellation);
        (await Should.ThrowAsync<VmStartException>(() => _guests.PublishAsync(key.Id, staging, key, Identity, rehearses: true, Cancellation))).Message.ShouldContain("console");
        _guests.Has(key.Id).ShouldBeFalse();
    }

    [Fact]
    public void Whatever_a_kept_guest_depends_on_makes_it_another()
    {
        var key = Key("t3.micro");
        GateKey[] others =
        [
            key with { ImageDigest = "other" }, key with { Owner = "123456789012" }, key with { InstanceType = "t2.micro" }, key with { VCpus = 1 },
            key with { MemoryMiB = 512 }, key with { Accelerator = "kvm" }, key with { Hypervisor = "8.0" }, key with { Devices = "other" },
            key with { Snapshot = "/volumes/snap-1.qcow2" },
        ];

        others.Select(other => other.Id).Append(key.Id).Distinct().Count().ShouldBe(others.Length + 1);
        GateTag.Of(key.Id).Length.ShouldBe("i-0123456789abcdef0".Length);
    }

    private static GateKey Key(string type) => new()
    {
        ImageDigest = "image",
        Owner = "everybody",
        InstanceType = type,
        VCpus = 2,
        MemoryMiB = 1024,
        Accelerator = "tcg",
        Hypervisor = "7.2",
        Devices = "devices",
    };

    private KeptGuests Open(long limit) => new(
        new HostOptions { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = _folder, KeptBytesLimit = limit },
        TimeProvider.System,
        NullLogger<KeptGuests>.Instance);

    private string FolderOf(GateKey key) => Path.Combine(_folder, "kept", key.Id);

    /// <summary>Keeps a guest of 16 MiB, of which 8 are stored, with its UUID in one place and its MAC address across two pieces that are read.</summary>
    private async Task KeepAsync(GateKey key, byte memory = 1)
    {
        var staging = _guests.Stage(key.Id);
        var content = new byte[8 << 20];
        Array.Fill(content, memory);
        Encoding.ASCII.GetBytes(Identity.Uuid).CopyTo(content, 5000);
        Identity.Forms()[4].CopyTo(content, (4 << 20) - 3);
        await using (var file = new FileStream(Path.Combine(staging, "memory"), FileMode.CreateNew))
        {
            await file.WriteAsync(content, Cancellation);
            file.SetLength(MemoryBytes);
        }

        await File.WriteAllTextAsync(Path.Combine(staging, "state"), "state i-gate0123456789abc end", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(staging, "console.log"), "booted\n", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(staging, "disk.qcow2"), "disk", Cancellation);
        await _guests.PublishAsync(key.Id, staging, key, Identity, rehearses: true, Cancellation);
    }
}
