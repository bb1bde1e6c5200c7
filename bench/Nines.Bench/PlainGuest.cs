using System.Diagnostics;
using System.Text;
using Nines.Host.Images;

namespace Nines.Bench;

/// <summary>The same image under QEMU alone, with a shell on its serial line: what a guest could do without a cloud around it.</summary>
internal sealed class PlainGuest : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly DirectoryInfo _folder;

    private PlainGuest(Process process, DirectoryInfo folder) => (_process, _folder) = (process, folder);

    /// <summary>Starts it with a second disk of this size: qcow2 behind the page cache with flushes, as the cloud's volumes are.</summary>
    public static async Task<PlainGuest> StartAsync(Image image, bool kvm, int memoryMiB, int processors, int diskGiB, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("nines-bench-");
        var (root, data) = (Path.Combine(folder.FullName, "root.qcow2"), Path.Combine(folder.FullName, "data.qcow2"));
        await RunAsync(["create", "-q", "-f", "qcow2", "-b", image.DiskPath, "-F", "qcow2", root], cancellationToken);
        await RunAsync(["create", "-q", "-f", "qcow2", data, $"{diskGiB}G"], cancellationToken);
        string[] line =
        [
            "-nodefaults", "-display", "none", "-machine", "q35,usb=off,graphics=off", "-accel", kvm ? "kvm" : "tcg,thread=multi", "-cpu", kvm ? "host" : "max",
            "-m", $"{memoryMiB}", "-smp", $"{processors}", "-kernel", image.KernelPath!, "-initrd", image.InitrdPath!, "-append", image.Manifest.Boot.CommandLine!,
            "-drive", $"if=virtio,file={root},cache=writeback", "-drive", $"if=virtio,file={data},cache=writeback,discard=unmap", "-serial", "stdio",
        ];
        var start = new ProcessStartInfo("qemu-system-x86_64", line) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return new PlainGuest(Process.Start(start)!, folder);
    }

    /// <summary>Runs a script with the second disk as its argument, and gives what the guest said until the script's last word.</summary>
    public async Task<string> RunAsync(string script, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        await ReadUntilAsync("activate this console", deadline.Token);
        await _process.StandardInput.WriteAsync($"\nstty -echo\ncat >/run/work <<'END'\n{script}END\nsh /run/work /dev/vdb; echo fin''ished\n".AsMemory(), deadline.Token);
        await _process.StandardInput.FlushAsync(deadline.Token);
        return await ReadUntilAsync("finished", deadline.Token);
    }

    /// <summary>Ends it and removes its disks.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<string> ReadUntilAsync(string word, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[4096];
        while (!text.ToString().Contains(word, StringComparison.Ordinal))
        {
            var count = await _process.StandardOutput.ReadAsync(buffer, cancellationToken);
            text.Append(buffer, 0, count > 0 ? count : throw new InvalidOperationException($"The guest ended: {text}"));
        }

        return text.ToString();
    }

    private static async Task RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start("qemu-img", arguments);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"qemu-img {string.Join(' ', arguments)} failed.");
        }
    }
}
