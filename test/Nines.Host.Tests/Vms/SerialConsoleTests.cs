using System.Net.Sockets;
using System.Text;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class SerialConsoleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("console").FullName;
    private readonly Socket _hypervisor = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private string SocketPath => Path.Combine(_folder, "console");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _hypervisor.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void A_console_that_nobody_serves_cannot_be_opened()
    {
        using var console = new SerialConsole(SocketPath);

        console.Open().ShouldBeNull();
    }

    [Fact]
    public async Task Every_viewer_sees_everything_and_all_may_write()
    {
        Listen();
        using var console = new SerialConsole(SocketPath);
        await using var first = console.Open()!;
        await using var second = console.Open()!;
        using var guest = await _hypervisor.AcceptAsync(Cancellation);

        await guest.SendAsync("login: "u8.ToArray(), Cancellation);
        (await ReadAsync(first, 7)).ShouldBe("login: ");
        (await ReadAsync(second, 7)).ShouldBe("login: ");

        await first.WriteAsync("ro"u8.ToArray(), Cancellation);
        await second.WriteAsync("ot"u8.ToArray(), Cancellation);
        var received = new byte[4];
        var count = 0;
        while (count < received.Length)
        {
            count += await guest.ReceiveAsync(received.AsMemory(count), Cancellation);
        }

        Encoding.UTF8.GetString(received).ShouldBe("root");
    }

    [Fact]
    public async Task The_end_of_the_machine_ends_the_views_and_the_next_boot_is_seen_again()
    {
        Listen();
        using var console = new SerialConsole(SocketPath);
        await using (var view = console.Open()!)
        {
            using (await _hypervisor.AcceptAsync(Cancellation))
            {
            }

            (await view.ReadAsync(new byte[10], Cancellation)).ShouldBe(0);
        }

        await using var next = console.Open()!;
        using var guest = await _hypervisor.AcceptAsync(Cancellation);
        await guest.SendAsync("again"u8.ToArray(), Cancellation);
        (await ReadAsync(next, 5)).ShouldBe("again");
    }

    [Fact]
    public async Task A_viewer_that_does_not_read_does_not_hold_up_the_others()
    {
        Listen();
        using var console = new SerialConsole(SocketPath);
        await using var idle = console.Open()!;
        await using var busy = console.Open()!;
        using var guest = await _hypervisor.AcceptAsync(Cancellation);
        var block = new byte[4096];
        for (var count = 0; count < 1000; count++)
        {
            await guest.SendAsync(block, Cancellation);
            await ReadAsync(busy, block.Length);
        }

        // The idle one gets what it was given before it was let go, then its end.
        var total = 0;
        int read;
        while ((read = await idle.ReadAsync(block, Cancellation)) > 0)
        {
            total += read;
        }

        total.ShouldBeLessThan(1000 * block.Length);
    }

    private static async Task<string> ReadAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes, Cancellation);
        return Encoding.UTF8.GetString(bytes);
    }

    private void Listen()
    {
        _hypervisor.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _hypervisor.Listen();
    }
}
