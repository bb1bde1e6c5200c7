using Nines.Host.Forks;
using Nines.Host.Processes;

namespace Nines.Host.Tests.Processes;

public sealed class ProcessDescriptorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("descriptors").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_a_process_has_open_is_told_with_what_it_is()
    {
        var (path, log) = (Path.Combine(_folder, "socket"), Path.Combine(_folder, "log"));
        File.WriteAllText(log, "begun");
        using var listener = NativeFiles.Listener(path);
        using var counter = NativeFiles.EventCounter(0x800);
        using var written = NativeFiles.Log(log);
        var (mine, theirs) = NativeFiles.Connection();
        using var _ = mine;
        using var __ = theirs;

        var open = ProcessDescriptor.AllOf(Environment.ProcessId);

        open.Single(descriptor => descriptor.Number == (int)listener.DangerousGetHandle()).ShouldSatisfyAllConditions(
            descriptor => descriptor.SocketPath.ShouldBe(path), descriptor => descriptor.IsListening.ShouldBeTrue());
        var found = open.Single(descriptor => descriptor.Number == (int)counter.DangerousGetHandle());
        (found.Target, found.Flags & 0x800, found.IsWritableFile).ShouldBe(("anon_inode:[eventfd]", 0x800, false));
        open.Single(descriptor => descriptor.Target == log).IsWritableFile.ShouldBeTrue();
        open.Single(descriptor => descriptor.Number == (int)mine.DangerousGetHandle()).ShouldSatisfyAllConditions(
            descriptor => descriptor.SocketPath.ShouldBeNull(), descriptor => descriptor.IsListening.ShouldBeFalse());
    }

    [Fact]
    public void A_log_is_written_at_its_end_and_a_socket_stays_when_it_is_closed()
    {
        var (path, log) = (Path.Combine(_folder, "socket"), Path.Combine(_folder, "log"));
        File.WriteAllText(log, "begun");
        NativeFiles.Listener(path).Dispose();
        using (var written = NativeFiles.Log(log))
        using (var stream = new FileStream(written, FileAccess.Write))
        {
            File.WriteAllText(log, "cut");
            stream.Write(" on"u8);
        }

        File.ReadAllText(log).ShouldBe("cut on");
        File.Exists(path).ShouldBeTrue();
        Should.Throw<IOException>(() => NativeFiles.Listener(path));
        Should.Throw<IOException>(() => NativeFiles.Listener(Path.Combine(_folder, new string('x', 120))));
    }

    [Fact]
    public void Sockets_are_read_as_the_kernel_lists_them() => ProcessDescriptor.SocketsIn(
        [
            "000000004ee0379d: 00000002 00000000 00010000 0001 01 3471924 /run/i-1/qmp",
            "000000001caa7872: 00000003 00000000 00000000 0001 03 3471925 /run/i-1/qmp",
            "00000000636ec919: 00000003 00000000 00000000 0001 03 3471926",
        ]).ShouldBe(new Dictionary<string, (string?, bool)>
        {
            ["socket:[3471924]"] = ("/run/i-1/qmp", true),
            ["socket:[3471925]"] = ("/run/i-1/qmp", false),
            ["socket:[3471926]"] = (null, false),
        });
}
