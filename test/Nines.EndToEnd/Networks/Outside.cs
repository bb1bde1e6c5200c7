using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Networks;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Networks;

/// <summary>What stands for the world beyond this machine: a namespace at the end of a link.</summary>
internal sealed class Outside : IAsyncDisposable
{
    private static int _count;
    private readonly int _number = (Environment.ProcessId + Interlocked.Increment(ref _count)) % 60;
    private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);

    public string Device => $"nt-out{_number}";

    public string MachineAddress => $"198.51.100.{(_number * 4) + 1}";

    public string Address => $"198.51.100.{(_number * 4) + 2}";

    public string Path => NetworkNames.PathOf(Device);

    public static async Task<Outside> CreateAsync(CancellationToken cancellationToken)
    {
        var outside = new Outside();
        await outside._commands.RunAsync(new("ip", "netns", "add", outside.Device), cancellationToken);
        await outside._commands.RunAsync(new("ip", "link", "add", outside.Device, "type", "veth", "peer", "name", "eth0", "netns", outside.Device), cancellationToken);
        await outside._commands.RunAsync(new("ip", "address", "add", outside.MachineAddress + "/30", "dev", outside.Device), cancellationToken);
        await outside._commands.RunAsync(new("ip", "link", "set", outside.Device, "up"), cancellationToken);
        await outside._commands.RunAsync(new("ip", "-n", outside.Device, "link", "set", "eth0", "up"), cancellationToken);
        await outside._commands.RunAsync(new("ip", "-n", outside.Device, "address", "add", outside.Address + "/30", "dev", "eth0"), cancellationToken);
        return outside;
    }

    public static Socket OpenOnMachine() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Unspecified);

    public Socket Open(SocketType type = SocketType.Stream) =>
        NetworkNamespace.Run(Path, () => new Socket(AddressFamily.InterNetwork, type, ProtocolType.Unspecified));

    public Listener Listen(int port) => new(() => Open(), port);

    public async ValueTask DisposeAsync()
    {
        await _commands.RunAsync(new HostCommand("ip", "link", "delete", "dev", Device) { AcceptedExitCodes = [0, 1] }, CancellationToken.None);
        await _commands.RunAsync(new HostCommand("ip", "netns", "delete", Device) { AcceptedExitCodes = [0, 1] }, CancellationToken.None);
    }
}
