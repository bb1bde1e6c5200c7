using System.Diagnostics;
using System.Net.Sockets;
using Nines.Host.Nbd;

namespace Nines.Host.Tests.Nbd;

/// <summary>Against QEMU's own server.</summary>
public sealed class NbdClientTests : IAsyncLifetime
{
    private const int Bytes = 3 << 20;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nbd");
    private readonly byte[] _content = new byte[Bytes];
    private Process _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Socket => Path.Combine(_folder.FullName, "s");

    public async ValueTask InitializeAsync()
    {
        Random.Shared.NextBytes(_content);
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "disk"), _content, Cancellation);
        _server = Process.Start("qemu-nbd", ["--persistent", "--shared=2", "-f", "raw", "-x", "disk", "-k", Socket, Path.Combine(_folder.FullName, "disk")]);
        var deadline = DateTimeOffset.UtcNow.AddSeconds(30);
        while (!File.Exists(Socket))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("the server did not start");
            await Task.Delay(10, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _server.Kill();
        await _server.WaitForExitAsync(CancellationToken.None);
        _server.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_disk_is_read_as_it_is()
    {
        await using var reader = await NbdClient.OpenAsync(Socket, "disk", Cancellation);
        reader.SizeBytes.ShouldBe(Bytes);
        foreach (var (offset, length) in new[] { (0, Bytes), (12345, 1 << 20), (Bytes - 512, 512) })
        {
            var buffer = new byte[length];
            await reader.ReadAsync(offset, buffer, Cancellation);
            buffer.AsSpan().SequenceEqual(_content.AsSpan(offset, length)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task What_is_written_is_on_the_disk_after_a_flush()
    {
        await using (var writer = await NbdClient.OpenAsync(Socket, "disk", Cancellation))
        {
            await writer.WriteAsync(4096, "written"u8.ToArray(), Cancellation);
            await writer.FlushAsync(Cancellation);
        }

        var file = await File.ReadAllBytesAsync(Path.Combine(_folder.FullName, "disk"), Cancellation);
        file.AsSpan(4096, 7).SequenceEqual("written"u8).ShouldBeTrue();
        file.AsSpan(0, 4096).SequenceEqual(_content.AsSpan(0, 4096)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_cannot_be_read_is_told_and_the_next_read_is_right()
    {
        await using var reader = await NbdClient.OpenAsync(Socket, "disk", Cancellation);
        await Should.ThrowAsync<IOException>(() => reader.ReadAsync(Bytes, new byte[512], Cancellation));
        var buffer = new byte[512];
        await reader.ReadAsync(0, buffer, Cancellation);
        buffer.ShouldBe(_content[..512]);
    }

    [Fact]
    public async Task A_disk_that_is_not_served_is_told()
    {
        (await Should.ThrowAsync<IOException>(() => NbdClient.OpenAsync(Socket, "other", Cancellation))).Message.ShouldContain("other");
        await Should.ThrowAsync<SocketException>(() => NbdClient.OpenAsync(Socket + "x", "disk", Cancellation));
    }
}
