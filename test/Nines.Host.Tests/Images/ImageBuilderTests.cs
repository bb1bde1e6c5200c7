using Nines.Host.Images;

namespace Nines.Host.Tests.Images;

public sealed class ImageBuilderTests : IDisposable
{
    private readonly ImageTestBed _bed = new();

    [Fact]
    public async Task A_recipe_becomes_an_image_with_its_files_and_nothing_else()
    {
        var lines = new List<string>();
        var image = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("good"), false, new Lines(lines), ImageTestBed.Cancellation);

        image.Digest.Length.ShouldBe(64);
        image.AmiId.ShouldMatch("^ami-[0-9a-f]{17}$");
        image.Manifest.Name.ShouldBe("good");
        image.Manifest.Disk.VirtualSizeBytes.ShouldBe(1 << 20);
        image.Manifest.Boot.CommandLine.ShouldBe("quiet");
        image.Manifest.Packages["a"].ShouldBe("1");
        image.Manifest.Files.Keys.ShouldBe(["disk.qcow2", "kernel"]);
        File.ReadAllText(image.KernelPath!).ShouldBe("kernel");
        Directory.GetFileSystemEntries(image.Directory).Select(Path.GetFileName).Order().ShouldBe(["disk.qcow2", "image.json", "kernel"]);
        lines.ShouldContain("good: making");
        File.ReadAllText(Path.Combine(_bed.Root, "images", "logs", "good.log")).ShouldContain("good: making");
    }

    [Fact]
    public async Task Files_of_an_image_can_be_read_by_the_hypervisors_user_and_changed_by_nobody()
    {
        var image = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("good"), false, null, ImageTestBed.Cancellation);

        File.GetUnixFileMode(image.DiskPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.GetUnixFileMode(image.Directory).HasFlag(UnixFileMode.OtherExecute | UnixFileMode.OtherRead).ShouldBeTrue();
    }

    [Fact]
    public async Task An_image_is_built_once()
    {
        var recipe = _bed.GoodRecipe("good");
        var first = await _bed.NewBuilder().BuildAsync(recipe, false, null, ImageTestBed.Cancellation);
        var second = await _bed.NewBuilder().BuildAsync(recipe, false, null, ImageTestBed.Cancellation);

        second.Digest.ShouldBe(first.Digest);
        _bed.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_changed_recipe_is_built_again_and_takes_the_name_while_the_old_image_stays()
    {
        var old = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("good"), false, null, ImageTestBed.Cancellation);
        var changed = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("good", "newer"), false, null, ImageTestBed.Cancellation);

        changed.Digest.ShouldNotBe(old.Digest);
        _bed.Store.FindByName("good")!.Digest.ShouldBe(changed.Digest);
        _bed.Store.FindByDigest(old.Digest).ShouldNotBeNull();
    }

    [Fact]
    public async Task Asking_for_a_rebuild_builds_again()
    {
        var recipe = _bed.GoodRecipe("good");
        await _bed.NewBuilder().BuildAsync(recipe, false, null, ImageTestBed.Cancellation);
        await _bed.NewBuilder().BuildAsync(recipe, rebuild: true, null, ImageTestBed.Cancellation);

        _bed.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Of_many_builders_at_the_same_time_one_builds_and_all_get_the_image()
    {
        var recipe = _bed.GoodRecipe("good");
        var images = await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => Task.Run(() => _bed.NewBuilder().BuildAsync(recipe, false, null, ImageTestBed.Cancellation))));

        images.Select(image => image.Digest).Distinct().Count().ShouldBe(1);
        _bed.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task An_interrupted_build_leaves_nothing_usable_and_the_next_one_works()
    {
        var marker = _bed.PathOf("interrupted-once");
        var good = _bed.GoodRecipe("good");
        var script = File.ReadAllText(good.Script);
        File.WriteAllText(
            good.Script,
            script + $"if [ ! -e {marker} ]; then touch {marker}; sleep 600; fi\n"); // everything is there but the end of the script
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ImageTestBed.Cancellation);
        var building = _bed.NewBuilder().BuildAsync(good, false, null, stop.Token);
        await Eventually(() => File.Exists(marker));
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(building);
        _bed.Store.List().ShouldBeEmpty();
        _bed.Store.FindByName("good").ShouldBeNull();

        (await _bed.NewBuilder().BuildAsync(good, false, null, ImageTestBed.Cancellation)).Manifest.Name.ShouldBe("good");
    }

    [Fact]
    public async Task What_a_killed_builder_left_is_removed_before_the_next_build()
    {
        var left = Directory.CreateDirectory(Path.Combine(_bed.Root, "images", "building", "good_1", "half")).FullName;
        File.WriteAllText(Path.Combine(left, "kernel"), "half a kernel");

        var image = await _bed.NewBuilder().BuildAsync(_bed.GoodRecipe("good"), false, null, ImageTestBed.Cancellation);

        Directory.Exists(left).ShouldBeFalse();
        File.ReadAllText(image.KernelPath!).ShouldBe("kernel");
        Directory.GetFileSystemEntries(Path.Combine(_bed.Root, "images", "building")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_failing_recipe_says_why_and_names_the_log()
    {
        var recipe = _bed.Recipe("bad", "echo 'bad: mkfs.ext4 is missing' >&2; exit 3");
        var failure = await Should.ThrowAsync<ImageException>(_bed.NewBuilder().BuildAsync(recipe, false, null, ImageTestBed.Cancellation));

        failure.Message.ShouldContain("mkfs.ext4 is missing");
        failure.Message.ShouldContain(Path.Combine("logs", "bad.log"));
        _bed.Store.FindByName("bad").ShouldBeNull();
    }

    [Fact]
    public async Task A_recipe_that_takes_too_long_is_ended()
    {
        var recipe = _bed.Recipe("slow", "sleep 600");
        var failure = await Should.ThrowAsync<ImageException>(
            _bed.NewBuilder(TimeSpan.FromMilliseconds(300)).BuildAsync(recipe, false, null, ImageTestBed.Cancellation));

        failure.Message.ShouldContain("still running");
    }

    [Theory]
    [InlineData("""{ "architecture": "x86_64", "boot": { "mode": "bios" }, "disk": "missing.qcow2", "defaultUser": "u" }""", "missing.qcow2")]
    [InlineData("""{ "architecture": "x86_64", "boot": { "mode": "bios" }, "disk": "../../../etc/passwd", "defaultUser": "u" }""", "not the name of a file")]
    [InlineData("""{ "architecture": "x86_64", "boot": { "mode": "kernel" }, "disk": "image.json", "defaultUser": "u" }""", "names no kernel")]
    [InlineData("""{ "architecture": """, "image.json")]
    public async Task A_recipe_that_leaves_something_else_is_refused(string json, string said)
    {
        var recipe = _bed.Recipe("bad", $"cat >\"$1/image.json\" <<'JSON'\n{json}\nJSON");
        var failure = await Should.ThrowAsync<ImageException>(_bed.NewBuilder().BuildAsync(recipe, false, null, ImageTestBed.Cancellation));

        failure.Message.ShouldContain(said);
        _bed.Store.FindByName("bad").ShouldBeNull();
    }

    [Fact]
    public async Task A_disk_with_a_backing_file_is_refused()
    {
        var recipe = _bed.Recipe(
            "bad",
            """
            qemu-img create -q -f qcow2 "$1/base.qcow2" 1M
            qemu-img create -q -f qcow2 -b "$1/base.qcow2" -F qcow2 "$1/disk.qcow2"
            echo '{ "architecture": "x86_64", "boot": { "mode": "bios" }, "disk": "disk.qcow2", "defaultUser": "u" }' >"$1/image.json"
            """);
        var failure = await Should.ThrowAsync<ImageException>(_bed.NewBuilder().BuildAsync(recipe, false, null, ImageTestBed.Cancellation));

        failure.Message.ShouldContain("depends on another file");
    }

    public void Dispose() => _bed.Dispose();

    private static async Task Eventually(Func<bool> condition)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(20, deadline.Token);
        }
    }

    private sealed class Lines(List<string> lines) : IProgress<string>
    {
        public void Report(string value)
        {
            lock (lines)
            {
                lines.Add(value);
            }
        }
    }
}
