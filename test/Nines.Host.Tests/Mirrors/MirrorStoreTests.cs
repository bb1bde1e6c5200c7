using System.Buffers.Binary;
using Nines.Host.Mirrors;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Mirrors;

public sealed class MirrorStoreTests(ITestOutputHelper output) : IDisposable
{
    private const string Id = "vol-0000000000000000a";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mirrors");

    private HostOptions Options => new()
    {
        HostId = "h",
        StateDirectory = Path.Combine(_folder.FullName, "first"),
        RunDirectory = "/run/x",
        ImagesDirectory = _folder.FullName,
        MirrorDirectory = Path.Combine(_folder.FullName, "second"),
    };

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_disk_is_open_while_a_machine_has_it_and_clean_when_that_wrote_out_everything()
    {
        var store = await BegunAsync();

        (await store.OpenAsync(Id)).ShouldBeNull();
        Again().StateOf(Id).ShouldBe(MirrorState.Open);
        await store.CloseAsync(Id, isWritten: true);

        Again().StateOf(Id).ShouldBe(MirrorState.Clean);
    }

    [Fact]
    public async Task After_a_machine_that_ended_without_a_word_one_copy_is_the_disk()
    {
        var store = await BegunAsync();
        await store.OpenAsync(Id);
        await store.CloseAsync(Id, isWritten: false);

        (await Again().OpenAsync(Id)).ShouldBe(MirrorCopy.First);

        Again().StateOf(Id).ShouldBe(MirrorState.FirstOnly);
    }

    [Fact]
    public async Task A_first_copy_that_is_gone_leaves_the_second_and_no_copy_is_an_error()
    {
        var store = await BegunAsync();
        File.Delete(PathOf(MirrorCopy.First));

        (await Again().OpenAsync(Id)).ShouldBe(MirrorCopy.Second);
        File.Delete(PathOf(MirrorCopy.Second));

        (await Should.ThrowAsync<InvalidDataException>(() => Again().OpenAsync(Id))).Message.ShouldContain(Id);
        Should.Throw<InvalidDataException>(() => store.SizeOf(Id));
    }

    [Fact]
    public async Task A_disk_that_cannot_take_a_note_is_lost()
    {
        var store = await BegunAsync();
        Directory.Delete(Options.MirrorDirectory!, recursive: true);

        (await store.OpenAsync(Id)).ShouldBe(MirrorCopy.First);

        Directory.Exists(Options.MirrorDirectory).ShouldBeFalse("a disk that is away is not made up for by a folder in its place");
    }

    [Fact]
    public async Task Nothing_is_left_of_a_second_copy_that_is_removed()
    {
        var store = await BegunAsync();

        await store.RemoveAsync(Id, livesOn: true);

        store.StateOf(Id).ShouldBeNull();
        File.Exists(PathOf(MirrorCopy.First)).ShouldBeTrue();
        Directory.GetFiles(MirrorFiles.DirectoryOf(Options)!).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_second_disk_that_comes_back_as_it_was_is_not_taken_for_good()
    {
        var store = await BegunAsync();
        var away = Options.MirrorDirectory + ".away";
        Directory.Move(Options.MirrorDirectory!, away);

        // An empty folder where the disk is not mounted: a copy is made there, and is good while it is there.
        Directory.CreateDirectory(Options.MirrorDirectory!);
        (await store.OpenAsync(Id)).ShouldBe(MirrorCopy.First);
        Write(MirrorCopy.First, 7);
        Write(MirrorCopy.Second, 7);
        await store.RebuiltAsync(Id, isOpen: true);
        await store.CloseAsync(Id, isWritten: true);
        Again().StateOf(Id).ShouldBe(MirrorState.Clean);
        Directory.Delete(Options.MirrorDirectory!, recursive: true);
        Directory.Move(away, Options.MirrorDirectory!);

        (await Again().OpenAsync(Id)).ShouldBe(MirrorCopy.First);
    }

    [Fact]
    public async Task A_second_copy_that_was_given_up_while_its_disk_was_away_stays_given_up()
    {
        var store = await BegunAsync();
        var away = Options.MirrorDirectory + ".away";
        Directory.Move(Options.MirrorDirectory!, away);
        await store.RemoveAsync(Id, livesOn: true);
        Write(MirrorCopy.First, 7);
        Directory.Move(away, Options.MirrorDirectory!);

        (await Again().OpenAsync(Id)).ShouldBe(MirrorCopy.First);
    }

    /// <summary>
    /// Machines open the disk, write, lose a copy, end well or are killed, and the agent starts again at any moment, for many histories. A copy's file says which
    /// write it holds. Whatever a machine opens holds every write that was told to be done, and two copies that are opened together are the same.
    /// </summary>
    [Fact]
    public async Task No_copy_that_missed_a_write_is_ever_read()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var history = 0; history < 40; history++)
        {
            await LiveAsync(random);
            _folder.Refresh();
            foreach (var folder in _folder.GetDirectories())
            {
                folder.Delete(recursive: true);
            }
        }
    }

    private async Task LiveAsync(Random random)
    {
        var store = await BegunAsync();
        HashSet<MirrorCopy>? open = null;
        var (told, next) = (0L, 1L);
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(7))
            {
                case 0 when open is null:
                    var only = await store.OpenAsync(Id);
                    open = only is { } one ? [one] : [MirrorCopy.First, MirrorCopy.Second];
                    open.Select(ContentOf).Distinct().ShouldHaveSingleItem().ShouldBeGreaterThanOrEqualTo(told);
                    break;
                case 1 or 2 when open is not null:
                    open.ToList().ForEach(copy => Write(copy, next));
                    told = next++;
                    break;
                case 3 when open is { Count: 2 }:
                    // A write is on one copy only, as the other fails; the guest is told after that is remembered.
                    var lost = (MirrorCopy)random.Next(2);
                    open.Remove(lost);
                    open.ToList().ForEach(copy => Write(copy, next));
                    await store.DropAsync(Id, lost);
                    told = next++;
                    break;
                case 4 when open is { Count: 1 }:
                    var good = open.Single();
                    Write(good is MirrorCopy.First ? MirrorCopy.Second : MirrorCopy.First, ContentOf(good));
                    await store.RebuiltAsync(Id, isOpen: true);
                    open = [MirrorCopy.First, MirrorCopy.Second];
                    break;
                case 5 when open is not null:
                    var isKilled = random.Next(2) == 0;
                    if (isKilled)
                    {
                        // Amid a write that nobody is told of.
                        open.Where(_ => random.Next(2) == 0).ToList().ForEach(copy => Write(copy, next));
                        next++;
                    }

                    await store.CloseAsync(Id, isWritten: !isKilled);
                    open = null;
                    break;
                case 6:
                    store = Again();
                    break;
            }
        }
    }

    private async Task<MirrorStore> BegunAsync()
    {
        Directory.CreateDirectory(VolumeFiles.DirectoryOf(Options));
        Directory.CreateDirectory(Options.MirrorDirectory!);
        var store = Again();
        Write(MirrorCopy.First, 0);
        await store.BeginAsync(Id);
        Write(MirrorCopy.Second, 0);
        await store.RebuiltAsync(Id, isOpen: false);
        return store;
    }

    /// <summary>The agent's next life.</summary>
    private MirrorStore Again() => new(Options, new DiskCopies(() => { }), () => { });

    private string PathOf(MirrorCopy copy) => MirrorFiles.PathOf(Options, Id, copy)!;

    /// <summary>A file with a disk's header, of a GiB, that says which write it holds last.</summary>
    private void Write(MirrorCopy copy, long number)
    {
        var file = new byte[48];
        (file[0], file[1], file[2], file[3]) = ((byte)'Q', (byte)'F', (byte)'I', 0xfb);
        BinaryPrimitives.WriteInt64BigEndian(file.AsSpan(24), 1L << 30);
        BinaryPrimitives.WriteInt64BigEndian(file.AsSpan(40), number);
        File.WriteAllBytes(PathOf(copy), file);
    }

    private long ContentOf(MirrorCopy copy) => BinaryPrimitives.ReadInt64BigEndian(File.ReadAllBytes(PathOf(copy)).AsSpan(40));
}
