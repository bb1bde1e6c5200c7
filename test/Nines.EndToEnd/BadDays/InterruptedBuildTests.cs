using System.Diagnostics;
using System.Globalization;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.BadDays;

/// <summary>Whatever of an image's build is killed, and whenever: nothing of it is left, and the next build succeeds.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class InterruptedBuildTests : IDisposable
{
    /// <summary>Does what recipes do - mounts, children, large files - in a second or two.</summary>
    private const string Recipe = """
        #!/bin/bash
        set -euo pipefail
        if [ "${UNSHARED:-}" != yes ]; then UNSHARED=yes exec unshare --mount --pid --fork --kill-child --mount-proc "$0" "$1"; fi
        cd "$1"
        mkdir mounted && mount -t tmpfs none mounted
        setsid sleep 600 &
        (while :; do date > busy; done) &
        for step in 1 2 3 4 5 6 7 8; do
          echo "step $step"
          head -c 1M /dev/zero > mounted/file-$step
          mkdir -p tree-$step/a/b/c
          sleep 0.1
        done
        qemu-img create -q -f qcow2 disk.qcow2 16M
        echo '{ "architecture": "x86_64", "boot": { "mode": "bios" }, "disk": "disk.qcow2", "defaultUser": "admin" }' > image.json
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20_240_229);

    private string Images => Path.Combine(_folder.Path, "cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_build_that_is_killed_at_any_moment_leaves_nothing_and_the_next_one_succeeds()
    {
        var environment = Environment(SmallRecipes());
        for (var round = 0; round < 12; round++)
        {
            using var build = Start(environment, "small");
            await WaitForLineAsync(build, $"step {_random.Next(1, 9)}");
            var recipe = ProcessesOf(Images).Where(process => process.Id != build.Id).ToList();
            recipe.ShouldNotBeEmpty("the test would see what is left");
            var victim = round % 2 == 0 ? build.Id : recipe[_random.Next(recipe.Count)].Id;
            Kill(victim); // of what it can do without, a build does without
            await EndedAsync(build);
            await NothingIsLeftAsync($"round {round}, killed {victim}");
        }

        (await ClientProcess.RunAsync(NinesCli.Program, ["images", "build", "small"], environment)).ShouldSucceed().Output.ShouldStartWith("ami-");
        Directory.GetDirectories(Path.Combine(Images, "building")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_distribution_s_build_leaves_no_mount_when_the_command_is_killed()
    {
        using var build = Start(Environment(SourceFolder.Root), "debian-12");
        await WaitForLineAsync(build, "extracting archives");
        Kill(build.Id);
        await EndedAsync(build);
        await NothingIsLeftAsync("debian-12");
    }

    private Dictionary<string, string> Environment(string sources) => new(new NinesCli(Path.Combine(_folder.Path, "s"), Images).Environment) { ["NINES_ROOT"] = sources };

    private string SmallRecipes()
    {
        var script = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder.Path, "images", "small")).FullName, "build.sh");
        File.WriteAllText(script, Recipe);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return _folder.Path;
    }

    private static Process Start(IReadOnlyDictionary<string, string> environment, string image)
    {
        var start = new ProcessStartInfo(NinesCli.Program, ["images", "build", image, "--rebuild"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static async Task WaitForLineAsync(Process build, string text)
    {
        using var deadline = Deadline();
        var said = "";
        while (await build.StandardError.ReadLineAsync(deadline.Token) is { } line)
        {
            said += line + "\n";
            if (line.Contains(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"the build never said '{text}' but: {said}");
    }

    private static void Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // A short-lived one ended before it could be killed.
        }
    }

    private static async Task EndedAsync(Process build)
    {
        using var deadline = Deadline();
        await build.StandardError.ReadToEndAsync(deadline.Token);
        await build.WaitForExitAsync(deadline.Token);
    }

    private async Task NothingIsLeftAsync(string when)
    {
        using var deadline = Deadline();
        while (true)
        {
            string[] left =
            [
                .. ProcessesOf(Images).Select(process => $"process {process.Id}: {process.What}"),
                .. Mounts().Where(mount => mount.Contains(Images, StringComparison.Ordinal)).Select(mount => $"mount {mount}"),
                .. Directory.GetFileSystemEntries(Path.Combine(Images, "building")),
            ];
            if (left.Length == 0)
            {
                return;
            }

            deadline.IsCancellationRequested.ShouldBeFalse($"{when}: {string.Join('\n', left)}");
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static CancellationTokenSource Deadline()
    {
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        return deadline;
    }

    /// <summary>All processes that have a folder in their arguments, as their working directory or as their root.</summary>
    private static IEnumerable<(int Id, string What)> ProcessesOf(string folder)
    {
        foreach (var path in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                continue;
            }

            var what = $"{Read(path, "cmdline").Replace('\0', ' ')} cwd={LinkOf(path, "cwd")} root={LinkOf(path, "root")}";
            if (what.Contains(folder, StringComparison.Ordinal))
            {
                yield return (id, what);
            }
        }
    }

    /// <summary>The mounts of every process: a namespace of its own may hold them.</summary>
    private static IEnumerable<string> Mounts() =>
        Directory.GetDirectories("/proc").Where(path => char.IsAsciiDigit(Path.GetFileName(path)[0])).SelectMany(path => Read(path, "mountinfo").Split('\n')).Distinct();

    private static string Read(string folder, string file)
    {
        try
        {
            return File.ReadAllText(Path.Combine(folder, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ""; // it ended meanwhile
        }
    }

    private static string LinkOf(string folder, string name)
    {
        try
        {
            return new FileInfo(Path.Combine(folder, name)).LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
