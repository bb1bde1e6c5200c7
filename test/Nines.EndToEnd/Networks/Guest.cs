using System.Net;
using System.Net.Sockets;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Networks;

/// <summary>A guest without a machine: a namespace with one adapter, in which this process opens sockets.</summary>
internal sealed class Guest(string name, InterfaceSpec adapter, HostCommands commands) : IAsyncDisposable
{
    /// <summary>How long an answer may take before its absence counts: long enough for one repeat of a lost first packet.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public string Name { get; } = name;

    public InterfaceSpec Adapter { get; } = adapter;

    public string Address => Adapter.PrivateIpAddress;

    public string Path => NetworkNames.PathOf(Name);

    /// <summary>Puts the adapter where the tap was.</summary>
    public async Task PlugAsync(string vpcNamespace, string tap, CancellationToken cancellationToken)
    {
        await commands.RunAsync(new("ip", "netns", "add", Name), cancellationToken);
        await commands.RunAsync(new("ip", "-n", vpcNamespace, "link", "delete", "dev", tap), cancellationToken);
        await commands.RunAsync(new("ip", "-n", vpcNamespace, "link", "add", tap, "type", "veth", "peer", "name", "eth0", "netns", Name), cancellationToken);
        await IpAsync("link set lo up", cancellationToken);
        await IpAsync($"link set eth0 address {Adapter.MacAddress} up", cancellationToken);
    }

    /// <summary>Sets the address and the default route by hand.</summary>
    public async Task ConfigureAsync(string router, CancellationToken cancellationToken)
    {
        await IpAsync($"address add {Address}/20 dev eth0", cancellationToken);
        await IpAsync($"route add default via {router}", cancellationToken);
    }

    public Task IpAsync(string arguments, CancellationToken cancellationToken) =>
        commands.RunAsync(new("ip", ["-n", Name, .. arguments.Split(' ')]), cancellationToken);

    /// <summary>Runs a program inside.</summary>
    public Task<HostCommandResult> RunAsync(CancellationToken cancellationToken, params string[] words) =>
        commands.RunAsync(new("nsenter", [$"--net={Path}", "--", .. words]) { AcceptedExitCodes = [.. Enumerable.Range(0, 256)] }, cancellationToken);

    public Socket Open(SocketType type = SocketType.Stream) =>
        NetworkNamespace.Run(Path, () => new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified));

    /// <summary>Serves connections on a port: whoever connects is told the address that it is seen by.</summary>
    public Listener Listen(int port, ProtocolType protocol = ProtocolType.Tcp) => new(() => Open(protocol == ProtocolType.Tcp ? SocketType.Stream : SocketType.Dgram), port);

    /// <summary>The address that the other side sees, or <see langword="null"/> when it cannot be reached.</summary>
    /// <param name="source">The address to speak from; its own when <see langword="null"/>.</param>
    public Task<string?> ConnectAsync(string address, int port, string? source = null) => Client.ConnectAsync(Open, address, port, source);

    /// <summary>An HTTP client whose connections come from inside.</summary>
    public HttpClient Http() => new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (context, cancellationToken) =>
        {
            var socket = Open();
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new("http://169.254.169.254"),
        Timeout = TimeSpan.FromSeconds(2),
        DefaultRequestVersion = HttpVersion.Version11,
    };

    /// <summary>A container of the guest: one more namespace, whose packets the guest forwards under its own address.</summary>
    public async Task<Guest> AddContainerAsync(CancellationToken cancellationToken)
    {
        var container = new Guest(Name + "c", Adapter, commands);
        await commands.RunAsync(new("ip", "netns", "add", container.Name), cancellationToken);
        await IpAsync($"link add inner type veth peer name eth0 netns {container.Name}", cancellationToken);
        await IpAsync("link set inner up", cancellationToken);
        await IpAsync("address add 192.168.77.1/24 dev inner", cancellationToken);
        await container.IpAsync("link set eth0 up", cancellationToken);
        await container.IpAsync("address add 192.168.77.2/24 dev eth0", cancellationToken);
        await container.IpAsync("route add default via 192.168.77.1", cancellationToken);
        NetworkNamespace.SetParameters(Path, [("ipv4/ip_forward", "1")]);
        await commands.RunAsync(
            new HostCommand("nsenter", $"--net={Path}", "--", "nft", "-f", "-")
            {
                StandardInput = "add table ip nat\nadd chain ip nat out { type nat hook postrouting priority srcnat; }\nadd rule ip nat out oifname eth0 masquerade\n",
            },
            cancellationToken);
        return container;
    }

    public async ValueTask DisposeAsync() =>
        await commands.RunAsync(new HostCommand("ip", "netns", "delete", Name) { AcceptedExitCodes = [0, 1] }, CancellationToken.None);
}
