using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Nines.Host.Files;
using Nines.Host.Images;
using Nines.Host.Processes;

namespace Nines.Host.Vms;

/// <summary>
/// Finds out which accelerators really run a guest, by booting a stock kernel until it gives up for want of a root disk.
/// That /dev/kvm opens proves nothing: inside another machine it may run firmware and hang in the first kernel.
/// </summary>
internal sealed class AcceleratorProbe(
    HostOptions options, IHostCommands commands, ImageStore images, HypervisorUser user, ILogger<AcceleratorProbe> logger) : IDisposable
{
    /// <summary>Raised when other things are found out than before.</summary>
    private const int Format = 2;

    private static readonly TimeSpan KvmTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TcgTimeout = TimeSpan.FromSeconds(90);
    private readonly SemaphoreSlim _once = new(1, 1);
    private AcceleratorProbeResult? _result;

    /// <summary>Where KVM is, if the kernel has it.</summary>
    public string KvmDevice { get; init; } = "/dev/kvm";

    private string CacheFile => Path.Combine(options.StateDirectory, "accelerators.json");

    /// <summary>
    /// The accelerators that booted a guest, best first. Emulation is taken on trust while the host has no image with a kernel to
    /// try with; that answer is not kept. A new kernel or hypervisor is noticed at the agent's next start.
    /// </summary>
    public async Task<ImmutableArray<string>> GetAsync(CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (_result is not null)
            {
                return _result.Accelerators;
            }

            var key = await KeyAsync(cancellationToken);
            if (Load() is { } known && known.Key == key)
            {
                _result = known;
                return known.Accelerators;
            }

            if (images.List().Select(image => image.KernelPath).OfType<string>().FirstOrDefault() is not { } kernel)
            {
                return ["tcg"];
            }

            _result = await ProbeAsync(key, kernel, cancellationToken);
            var json = JsonSerializer.SerializeToUtf8Bytes(_result, HostFilesJsonContext.Default.AcceleratorProbeResult);
            await DurableFile.WriteAsync(CacheFile, json, cancellationToken);
            return _result.Accelerators;
        }
        finally
        {
            _once.Release();
        }
    }

    /// <summary>Whether KVM boots a guest that is told of Hyper-V too, as far as <see cref="GetAsync"/> has found out: kernels are built without that.</summary>
    public bool HasHyperV => Volatile.Read(ref _result)?.HasHyperV is true;

    /// <summary>Removes what was found out.</summary>
    public void Forget()
    {
        _result = null;
        File.Delete(CacheFile);
    }

    /// <inheritdoc/>
    public void Dispose() => _once.Dispose();

    private async Task<string> KeyAsync(CancellationToken cancellationToken)
    {
        var version = await commands.RunAsync(new(options.QemuProgram, "--version"), cancellationToken);
        var release = await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", cancellationToken);
        return $"{Format} {release.Trim()} {version.Output.Split('\n')[0]} kvm={File.Exists(KvmDevice)}";
    }

    private AcceleratorProbeResult? Load()
    {
        try
        {
            return File.Exists(CacheFile)
                ? JsonSerializer.Deserialize(File.ReadAllBytes(CacheFile), HostFilesJsonContext.Default.AcceleratorProbeResult)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<AcceleratorProbeResult> ProbeAsync(string key, string kernel, CancellationToken cancellationToken)
    {
        var hasHyperV = false;
        var working = ImmutableArray.CreateBuilder<string>();
        if (File.Exists(KvmDevice) && await BootsAsync("kvm", "host", kernel, KvmTimeout, cancellationToken))
        {
            working.Add("kvm");
            hasHyperV = await BootsAsync("kvm", $"host,{QemuCommandLine.HyperV}", kernel, KvmTimeout, cancellationToken);
        }

        if (await BootsAsync("tcg,tb-size=32", "max", kernel, TcgTimeout, cancellationToken))
        {
            working.Add("tcg");
        }

        return new AcceleratorProbeResult(key, working.ToImmutable(), hasHyperV);
    }

    private async Task<bool> BootsAsync(string accelerator, string cpu, string kernel, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var command = new HostCommand(
            "setpriv",
            [
                .. user.BecomeArguments(), options.QemuProgram, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
                "-machine", "q35", "-accel", accelerator, "-cpu", cpu, "-m", "256", "-serial", "stdio",
                "-kernel", kernel, "-append", "console=ttyS0 panic=-1",
            ]) { Timeout = timeout };
        try
        {
            var result = await commands.RunAsync(command, cancellationToken);
            var boots = result.Output.Contains("Kernel panic - not syncing: VFS", StringComparison.Ordinal);
            logger.AcceleratorProbed(accelerator, boots, boots ? "" : Last(result.Output + result.Error));
            return boots;
        }
        catch (HostCommandException exception)
        {
            logger.AcceleratorProbed(accelerator, false, exception.Message);
            return false;
        }
    }

    private static string Last(string text) => text.Length > 200 ? text[^200..] : text;
}
