using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Nines.Host.Api;
using Nines.Host.Vms;
using Nines.Host.Vms.Qmp;
using Nines.Host.Volumes;

namespace Nines.Host.Tests.Replicas;

/// <summary>A hypervisor with one disk whose processors never run; its guest's writes are QEMU's own, by the device.</summary>
internal sealed class RealHypervisor : IAsyncDisposable
{
    private readonly Process _process;
    private readonly NetworkStream _second;
    private readonly StreamReader _said;

    private RealHypervisor(Process process, QmpClient monitor, NetworkStream second)
    {
        (_process, Monitor, _second, _said) = (process, monitor, second, new StreamReader(second));
    }

    public QmpClient Monitor { get; }

    public static async Task<RealHypervisor> StartAsync(string folder, string volumeId, string path, DiskKey? key)
    {
        Directory.CreateDirectory(folder);
        var (qmp, second) = (Path.Combine(folder, "qmp"), Path.Combine(folder, "second"));
        string[] secret = key is null ? [] : ["-object", $"secret,id={DiskKeys.SecretOf(key)},data={key.Secret}"];
        var process = Process.Start(
            "qemu-system-x86_64",
            [
                "-nodefaults", "-no-user-config", "-display", "none", "-machine", "q35,accel=tcg", "-m", "64", "-S", "-qmp", $"unix:{qmp},server=on,wait=off", "-qmp", $"unix:{second},server=on,wait=off",
                .. secret, "-blockdev", $"driver=file,node-name=file-{volumeId},filename={path},discard=unmap",
                "-blockdev", $"driver=qcow2,node-name={volumeId},file=file-{volumeId},discard=unmap" + (key is null ? "" : $",encrypt.format=luks,encrypt.key-secret={DiskKeys.SecretOf(key)}"),
                "-device", $"virtio-blk-pci,id=disk0,drive={volumeId},serial=x",
            ]);
        var monitor = await ConnectAsync(() => QmpClient.ConnectAsync(qmp, TimeSpan.FromSeconds(10), TimeProvider.System, _ => { }, CancellationToken.None));
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(second));
        var hypervisor = new RealHypervisor(process, monitor, new NetworkStream(socket, ownsSocket: true));
        await hypervisor._said.ReadLineAsync();
        await hypervisor.AskAsync("""{"execute": "qmp_capabilities"}""");
        return hypervisor;
    }

    /// <summary>The guest writes, or gives back: <c>write -P 2 0 64k</c>, <c>write -z -u 0 64k</c>.</summary>
    public async Task DoAsync(string what)
    {
        var said = await AskAsync($$$"""{"execute": "human-monitor-command", "arguments": {"command-line": "qemu-io -d /machine/peripheral/disk0/virtio-backend \"{{{what}}}\""}}""");
        said["return"]!.ToString().ShouldNotContain("failed");
        said["return"]!.ToString().ShouldNotContain("rror");
    }

    /// <summary>Ends it politely, as a machine that is stopped.</summary>
    public async Task QuitAsync()
    {
        await Monitor.QuitAsync(CancellationToken.None);
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Monitor.DisposeAsync();
        await _second.DisposeAsync();
        _said.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task<JsonNode> AskAsync(string command)
    {
        await _second.WriteAsync(System.Text.Encoding.UTF8.GetBytes(command + "\n"));
        while (true)
        {
            var line = JsonNode.Parse((await _said.ReadLineAsync())!)!;
            if (line["event"] is null)
            {
                return line["error"] is { } error ? throw new InvalidOperationException(error.ToString()) : line;
            }
        }
    }

    private static async Task<QmpClient> ConnectAsync(Func<Task<QmpClient>> connect)
    {
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (true)
        {
            try
            {
                return await connect();
            }
            catch (SocketException) when (DateTimeOffset.UtcNow < deadline)
            {
                await Task.Delay(20);
            }
        }
    }
}
