using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Images;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class AcceleratorProbeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("probe").FullName;
    private readonly FakeHypervisor _commands = new();

    private HostOptions Options => new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = Path.Combine(_folder, "images") };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Without_a_kernel_to_try_with_emulation_is_trusted_and_the_answer_not_kept()
    {
        using var probe = Probe();

        (await probe.GetAsync(Cancellation)).ShouldBe(["tcg"]);

        _commands.Probed.ShouldBeEmpty();
        File.Exists(Path.Combine(_folder, "accelerators.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_accelerator_counts_when_a_kernel_came_to_miss_its_disk()
    {
        AddImage();
        _commands.Says["tcg,tb-size=32"] = "[    1.2] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)";
        _commands.Says["kvm"] = "Booting from ROM..";
        using var probe = Probe();

        (await probe.GetAsync(Cancellation)).ShouldBe(["tcg"]);
        (await probe.GetAsync(Cancellation)).ShouldBe(["tcg"]);

        _commands.Probed.Count(accelerator => accelerator != "kvm").ShouldBe(1);
    }

    [Fact]
    public async Task The_answer_is_kept_until_kernel_or_hypervisor_change()
    {
        AddImage();
        _commands.Says["tcg,tb-size=32"] = "Kernel panic - not syncing: VFS";
        using (var first = Probe())
        {
            await first.GetAsync(Cancellation);
        }

        var tries = _commands.Probed.Count;
        using (var second = Probe())
        {
            await second.GetAsync(Cancellation);
        }

        _commands.Probed.Count.ShouldBe(tries);
        _commands.Version = "QEMU emulator version 99";
        using var third = Probe();
        await third.GetAsync(Cancellation);
        _commands.Probed.Count.ShouldBe(2 * tries);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kernel_whose_KVM_knows_nothing_of_Hyper_V_is_found_out(bool knows)
    {
        AddImage();
        await File.WriteAllBytesAsync(Path.Combine(_folder, "kvm"), [], Cancellation);
        _commands.Says["kvm"] = "Kernel panic - not syncing: VFS";
        if (knows)
        {
            _commands.Says["kvm hyper-v"] = "Kernel panic - not syncing: VFS";
        }

        using var probe = Probe(_folder);
        probe.HasHyperV.ShouldBeFalse();

        (await probe.GetAsync(Cancellation)).ShouldBe(["kvm"]);
        probe.HasHyperV.ShouldBe(knows);

        using var later = Probe(_folder);
        await later.GetAsync(Cancellation);
        later.HasHyperV.ShouldBe(knows, "it is remembered");
    }

    [Fact]
    public async Task A_host_on_which_nothing_boots_says_so()
    {
        AddImage();
        using var probe = Probe();

        (await probe.GetAsync(Cancellation)).ShouldBeEmpty();
    }

    private AcceleratorProbe Probe(string? kvm = null) => new(
        Options, _commands, new ImageStore(Options.ImagesDirectory, _commands, TimeProvider.System), new HypervisorUser(Options, _commands),
        NullLogger<AcceleratorProbe>.Instance) { KvmDevice = kvm is null ? "/dev/kvm" : Path.Combine(kvm, "kvm") };

    private void AddImage()
    {
        var digest = new string('a', 64);
        var folder = Path.Combine(Options.ImagesDirectory, "sha256", digest);
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(Path.Combine(Options.ImagesDirectory, "names"));
        File.WriteAllText(Path.Combine(Options.ImagesDirectory, "names", "tiny"), digest);
        var manifest = new ImageManifest
        {
            Name = "tiny",
            Architecture = "x86_64",
            Boot = new ImageBoot { Mode = ImageBootMode.Kernel, Kernel = "kernel" },
            Disk = new ImageDisk("disk.qcow2", 1 << 30),
            DefaultUser = "ec2-user",
            BuiltAt = DateTimeOffset.UnixEpoch,
            SourceDigest = "s",
        };
        File.WriteAllText(Path.Combine(folder, "image.json"), JsonSerializer.Serialize(manifest, ImageJsonContext.Default.ImageManifest));
    }

    /// <summary>Stands for the hypervisor: says of every accelerator what the test lets it say.</summary>
    private sealed class FakeHypervisor : IHostCommands
    {
        public string Version { get; set; } = "QEMU emulator version 7.2.22";

        public Dictionary<string, string> Says { get; } = [];

        public List<string> Probed { get; } = [];

        public Task<HostCommandResult> RunAsync(HostCommand command, CancellationToken cancellationToken)
        {
            var at = command.Arguments.IndexOf("-accel");
            if (at < 0)
            {
                return Task.FromResult(new HostCommandResult(0, Version, "", TimeSpan.Zero));
            }

            var accelerator = command.Arguments[at + 1] + (command.Arguments.Any(argument => argument.Contains(",hv-")) ? " hyper-v" : "");
            Probed.Add(accelerator);
            return Says.TryGetValue(accelerator, out var text)
                ? Task.FromResult(new HostCommandResult(0, text, "", TimeSpan.Zero))
                : throw new HostCommandException(command, null, "", "still running");
        }
    }
}
