using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class ConsoleRingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ring").FullName;
    private readonly HostCommands _commands = new(TimeProvider.System, NullLogger<HostCommands>.Instance);
    private readonly VmFiles _files;

    public ConsoleRingTests()
    {
        _files = new(new() { HostId = "h", StateDirectory = _folder, RunDirectory = "/run/x", ImagesDirectory = "/x" }, "i-1");
        Directory.CreateDirectory(_files.Directory);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_end_is_read_and_no_more_than_was_asked_for()
    {
        var ring = new ConsoleRing(_files, _commands);
        (await ring.ReadAsync(100, Cancellation)).Length.ShouldBe(0);
        await File.WriteAllTextAsync(_files.ConsoleLog, "one two three", Cancellation);

        Text(await ring.ReadAsync(100, Cancellation)).ShouldBe("one two three");
        Text(await ring.ReadAsync(5, Cancellation)).ShouldBe("three");
    }

    [Fact]
    public async Task What_is_old_takes_no_space_and_what_is_new_is_kept()
    {
        var ring = new ConsoleRing(_files, _commands);
        await using var writer = new FileStream(_files.ConsoleLog, FileMode.Append, FileAccess.Write, FileShare.ReadWrite);
        for (var megabyte = 1; megabyte <= 5; megabyte++)
        {
            await writer.WriteAsync(Encoding.UTF8.GetBytes(new string((char)('0' + megabyte), 1 << 20)), Cancellation);
            await writer.FlushAsync(Cancellation);
            await ring.TrimAsync(Cancellation);
        }

        await writer.WriteAsync("end"u8.ToArray(), Cancellation);
        await writer.FlushAsync(Cancellation);

        var kept = Text(await ring.ReadAsync(int.MaxValue, Cancellation));
        kept.Length.ShouldBe((int)ConsoleRing.KeptBytes);
        kept.ShouldEndWith("555end");
        kept.ShouldNotContain('\0');
        (await KilobytesOnDiskAsync()).ShouldBeLessThan(3000);
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private async Task<int> KilobytesOnDiskAsync()
    {
        var result = await _commands.RunAsync(new("du", "-k", _files.ConsoleLog), Cancellation);
        return int.Parse(result.Output.Split('\t')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
