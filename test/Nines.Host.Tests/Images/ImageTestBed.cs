using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Images;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Images;

/// <summary>A store in a folder of its own, and recipes beside it that build in milliseconds.</summary>
internal sealed class ImageTestBed : IDisposable
{
    public ImageTestBed()
    {
        Root = Directory.CreateTempSubdirectory("nines-images-").FullName;
        Commands = new HostCommands(TimeProvider.System, NullLogger<HostCommands>.Instance);
        Store = NewStore();
        Importer = new ImageImporter(Store, Commands, TimeProvider.System, NullLogger<ImageImporter>.Instance);
    }

    public string Root { get; }

    public HostCommands Commands { get; }

    public ImageStore Store { get; }

    public ImageImporter Importer { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A store as another process would open it.</summary>
    public ImageStore NewStore() => new(Path.Combine(Root, "images"), Commands, TimeProvider.System);

    public ImageBuilder NewBuilder(TimeSpan? timeout = null) =>
        new(NewStore(), Commands, TimeProvider.System, NullLogger<ImageBuilder>.Instance) { Timeout = timeout ?? TimeSpan.FromMinutes(1) };

    public string PathOf(string name) => Path.Combine(Root, name);

    /// <summary>A recipe whose script runs <paramref name="body"/>; <c>$1</c> is the folder to build in, <c>$log</c> a file that counts the runs.</summary>
    public ImageRecipe Recipe(string name, string body)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root, "recipes", name)).FullName;
        var script = Path.Combine(folder, "build.sh");
        File.WriteAllText(script, $"#!/bin/bash\nset -euo pipefail\nlog={PathOf("runs")}\necho run >>\"$log\"\n{body}\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return new ImageRecipe(name, folder);
    }

    /// <summary>A recipe of a whole image with a kernel and a disk.</summary>
    public ImageRecipe GoodRecipe(string name, string content = "kernel") =>
        Recipe(
            name,
            $$"""
            echo "{{name}}: making"
            printf {{content}} >"$1/kernel"
            qemu-img create -q -f qcow2 "$1/disk.qcow2" 1M
            touch "$1/rubbish"; mkdir "$1/work"; touch "$1/work/more"
            cat >"$1/image.json" <<JSON
            { "name": "x", "architecture": "x86_64", "boot": { "mode": "kernel", "kernel": "kernel", "commandLine": "quiet" },
              "disk": "disk.qcow2", "minimumMemoryMiB": 64, "defaultUser": "ec2-user", "packages": { "a": "1" } }
            JSON
            """);

    public int Runs => File.Exists(PathOf("runs")) ? File.ReadAllLines(PathOf("runs")).Length : 0;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
