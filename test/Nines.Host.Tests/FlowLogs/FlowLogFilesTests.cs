using System.IO.Compression;
using Nines.Host.FlowLogs;

namespace Nines.Host.Tests.FlowLogs;

public sealed class FlowLogFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("nines-flows-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_stream_is_a_file_of_its_group_that_its_owner_alone_reads()
    {
        var files = new FlowLogFiles(_folder);
        files.Append("123456789012", "/vpc/flows", "eni-1-all", ["one", "two"]);
        files.Append("123456789012", "/vpc/flows", "eni-1-all", ["three"]);
        files.Append("123456789012", "/vpc/flows", "eni-2-all", []);
        var path = Path.Combine(_folder, "123456789012", "vpc", "flows", "eni-1-all.log");
        File.ReadAllText(path).ShouldBe("one\ntwo\nthree\n");
        File.GetUnixFileMode(path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.GetFiles(Path.GetDirectoryName(path)!).Length.ShouldBe(1);
    }

    [Fact]
    public void A_file_that_has_grown_is_packed_and_the_oldest_packed_one_goes()
    {
        var files = new FlowLogFiles(_folder, maxBytes: 3);
        for (var number = 1; number <= 6; number++)
        {
            files.Append("1", "group", "eni-1-all", [$"line {number}"]);
        }

        var folder = Path.Combine(_folder, "1", "group");
        Directory.GetFiles(folder).Select(Path.GetFileName).ShouldBe(
            ["eni-1-all.log", .. Enumerable.Range(1, FlowLogFiles.Packed).Select(number => $"eni-1-all.log.{number}.gz")], ignoreOrder: true);
        File.ReadAllText(Path.Combine(folder, "eni-1-all.log")).ShouldBe("line 6\n");
        using var newest = new StreamReader(new GZipStream(File.OpenRead(Path.Combine(folder, "eni-1-all.log.1.gz")), CompressionMode.Decompress));
        newest.ReadToEnd().ShouldBe("line 5\n");
    }
}
