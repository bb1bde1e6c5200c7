using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Replicas;
using Nines.Host.Vms;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Replicas;

/// <summary>Two folders for two disks, and what keeps volumes in one and their copies in the other.</summary>
internal sealed class ReplicaWorld : IDisposable
{
    public const long Bytes = 1 << 30;
    public static readonly DiskKey Key = new("one") { Secret = "open sesame" };
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("replicas");
    private readonly KeptGuests _kept;
    private readonly Commands _commands;

    public ReplicaWorld()
    {
        Options = new HostOptions
        {
            HostId = "h",
            StateDirectory = Path.Combine(_folder.FullName, "first"),
            RunDirectory = Path.Combine(_folder.FullName, "run"),
            ImagesDirectory = Path.Combine(_folder.FullName, "images"),
            MirrorDirectory = Path.Combine(_folder.FullName, "second"),
        };
        Directory.CreateDirectory(VolumeFiles.DirectoryOf(Options));
        Directory.CreateDirectory(Second);
        _commands = new Commands(this);
        _kept = new KeptGuests(Options, TimeProvider.System, NullLogger<KeptGuests>.Instance);
        Volumes = new VolumeStore(Options, _commands, new ImageStore(Options.ImagesDirectory, _commands, TimeProvider.System), _kept, new HypervisorUser(Options, _commands));
        Store = Again();
    }

    public HostOptions Options { get; }

    public VolumeStore Volumes { get; }

    public DiskCopies Copies { get; } = new(() => { });

    public ReplicaStore Store { get; private set; }

    /// <summary>The programs that ran, with what they were asked first.</summary>
    public List<string> Ran { get; } = [];

    /// <summary>Is told of each command before it runs.</summary>
    public Action<HostCommand> Before { get; set; } = _ => { };

    /// <summary>Which commands fail.</summary>
    public Func<HostCommand, bool> Fails { get; set; } = _ => false;

    public IHostCommands HostCommands => _commands;

    public string Second => ReplicaFiles.DirectoryOf(Options)!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The agent's next life.</summary>
    public ReplicaStore Again() => Store = new ReplicaStore(Options, _commands, Volumes, Copies, TimeProvider.System);

    public Task MakeAsync(string path) => Volumes.MakeEmptyAsync(path, null, Bytes, Cancellation);

    public static Task WriteAsync(string path, DiskKey? key, params string[] writes) => RunAsync(DiskKeys.ImageOf(path, key), key, writes);

    /// <summary>Checks a disk's content; what <c>qemu-io</c> finds to be different it says and goes on.</summary>
    public static async Task ShouldHoldAsync(string image, DiskKey? key, params string[] reads) => (await RunAsync(image, key, reads)).ShouldNotContain("verification failed");

    public void Dispose()
    {
        _kept.Dispose();
        _folder.Delete(recursive: true);
    }

    private static async Task<string> RunAsync(string image, DiskKey? key, string[] words)
    {
        string[] secret = key is null ? [] : ["--object", $"secret,id={DiskKeys.SecretOf(key)},data={key.Secret}"];
        var start = new ProcessStartInfo("qemu-io", [.. secret, "--image-opts", image, .. words.SelectMany(word => new[] { "-c", word })]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var said = await process.StandardOutput.ReadToEndAsync(Cancellation) + await process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return process.ExitCode == 0 ? said : throw new InvalidOperationException(said);
    }

    private sealed class Commands(ReplicaWorld world) : IHostCommands
    {
        private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);

        public Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken)
        {
            world.Before(command);
            world.Ran.Add($"{command.Program} {command.Arguments[0]}");
            return world.Fails(command) ? throw new HostCommandException(command, 1, "No space left on device", "exit code 1")
                : command.Program == "getent" ? Task.FromResult(new HostCommandResult(0, "nobody:x:-1:-1:", "", TimeSpan.Zero)) // to lchown(2): leave it
                : _commands.RunAsync(command, cancellationToken);
        }
    }
}
