using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Nines.Host.Images;
using Nines.Servers;

namespace Nines.Bench;

/// <summary>The peer of a launch: the same image on the same emulator with nothing around it, reached through QEMU's own user network on loopback.</summary>
internal static class PlainQemu
{
    public static async Task<double> TimeToBannerAsync(Image image, string folder, TimeSpan patience, CancellationToken cancellationToken)
    {
        var disk = Path.Combine(folder, "plain.qcow2");
        File.Delete(disk);
        using (var made = Process.Start("qemu-img", ["create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", image.DiskPath, disk]))
        {
            await made.WaitForExitAsync(cancellationToken);
        }

        var port = FreePort();
        var clock = Stopwatch.StartNew();
        using var qemu = Process.Start(
            "qemu-system-x86_64",
            [
                "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35", "-accel", "tcg,tb-size=32,thread=multi", "-cpu", "max", "-m", "1024", "-smp", "2",
                "-kernel", image.KernelPath!, "-initrd", image.InitrdPath!, "-append", image.Manifest.Boot.CommandLine!,
                "-drive", $"file={disk},if=virtio,format=qcow2", "-device", "virtio-rng-pci",
                "-netdev", string.Create(CultureInfo.InvariantCulture, $"user,id=n,hostfwd=tcp:127.0.0.1:{port}-:22"), "-device", "virtio-net-pci,netdev=n,romfile=",
            ]);
        try
        {
            await SshBanner.WaitAsync("127.0.0.1", patience, cancellationToken, port);
            return clock.Elapsed.TotalSeconds;
        }
        finally
        {
            qemu.Kill();
            await qemu.WaitForExitAsync(CancellationToken.None);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
