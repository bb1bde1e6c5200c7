using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Nines.Host.Api;
using Nines.Host.Processes;
using Nines.Host.Volumes;

namespace Nines.Host.Images;

/// <summary>
/// <c>qemu-img</c>, typed. It reads files that strangers made, so it runs with a limit on memory and on processor time, and
/// is always told the format: a guess would let a raw disk pretend to be something else.
/// </summary>
internal sealed class QemuImg(IHostCommands commands)
{
    private const long MemoryBytes = 2L << 30;
    private static readonly TimeSpan InfoTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan ConvertTimeout = TimeSpan.FromHours(1);

    /// <summary>Exit codes of <c>qemu-img check</c>: room that nothing uses, and a format that it cannot check.</summary>
    private const int CheckFoundLeaks = 3;
    private const int CheckUnknown = 63;

    /// <summary>What a disk file is.</summary>
    public async Task<DiskInfo> InfoAsync(string path, string format, CancellationToken cancellationToken)
    {
        var result = await commands.RunAsync(Limited(InfoTimeout, "info", "--output=json", "-f", format, path), cancellationToken);
        return JsonSerializer.Deserialize(result.Output, ImageJsonContext.Default.DiskInfo)!;
    }

    /// <summary>Copies a disk into a new file without backing file or snapshots.</summary>
    public Task ConvertAsync(string from, DiskFormat format, string to, DiskFormat target, Action<string> onLine, CancellationToken cancellationToken) =>
        commands.RunAsync(
            Limited(ConvertTimeout, ["convert", "-p", "-f", format.ToQemu(), "-O", target.ToQemu(), .. OptionsOf(target), from, to]) with { OnLine = onLine }, cancellationToken);

    /// <summary>Copies a disk into a qcow2 disk that is there, as large, empty and opened with a key.</summary>
    public async Task FillAsync(string from, DiskFormat format, string to, DiskKey? key, Action<string> onLine, CancellationToken cancellationToken)
    {
        var (secrets, input) = key is null ? ([], null) : DiskKeys.Hand(key);
        await commands.RunAsync(
            Limited(ConvertTimeout, ["convert", "-p", .. secrets, "-n", "--target-is-zero", "-f", format.ToQemu(), "--target-image-opts", from, DiskKeys.ImageOf(to, key)]) with { OnLine = onLine, StandardInput = input },
            cancellationToken);
    }

    /// <summary>Looks whether all that a disk file speaks of lies in it: what lies behind the end of a file that was cut short would be read as zeros.</summary>
    public Task CheckAsync(string path, DiskFormat format, CancellationToken cancellationToken) => format is DiskFormat.Raw
        ? Task.CompletedTask
        : commands.RunAsync(Limited(CheckTimeout, "check", "-q", "-f", format.ToQemu(), path) with { AcceptedExitCodes = [0, CheckFoundLeaks, CheckUnknown] }, cancellationToken);

    /// <summary>Copies the first <paramref name="bytes"/> of what a guest would read from a disk into a file.</summary>
    public Task ReadStartAsync(string from, DiskFormat format, string to, int bytes, CancellationToken cancellationToken) =>
        commands.RunAsync(
            Limited(InfoTimeout, "dd", "-f", format.ToQemu(), "-O", "raw", $"bs={bytes}", "count=1", $"if={from}", $"of={to}"), cancellationToken);

    /// <summary>One file of its own, no larger than what it holds, and as large for a guest as it was.</summary>
    private static ImmutableArray<string> OptionsOf(DiskFormat format) => format switch
    {
        DiskFormat.Vmdk => ["-o", "subformat=streamOptimized"],
        DiskFormat.Vhd => ["-o", "subformat=dynamic,force_size=on"],
        DiskFormat.Vhdx => ["-o", "subformat=dynamic"],
        _ => [],
    };

    private static HostCommand Limited(TimeSpan timeout, params ImmutableArray<string> arguments) =>
        new(
            "prlimit",
            [
                string.Create(CultureInfo.InvariantCulture, $"--as={MemoryBytes}"),
                string.Create(CultureInfo.InvariantCulture, $"--cpu={(long)timeout.TotalSeconds}"),
                "qemu-img",
                .. arguments,
            ])
        {
            Timeout = timeout,
        };
}
