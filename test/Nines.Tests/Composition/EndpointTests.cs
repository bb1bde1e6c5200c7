using Nines.Composition;

namespace Nines.Tests.Composition;

public sealed class EndpointTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nines-");

    private CloudPaths State => new(_folder.FullName);

    [Fact]
    public void A_published_endpoint_is_found_while_its_process_lives()
    {
        Endpoint.Publish(State, "http://127.0.0.1:4566");
        var found = Endpoint.FindRunning(State);
        found.ShouldNotBeNull();
        found.Url.ShouldBe("http://127.0.0.1:4566");
        found.ProcessId.ShouldBe(Environment.ProcessId);
    }

    [Fact]
    public void A_process_without_memory_is_ending()
    {
        Endpoint.Publish(State, "http://127.0.0.1:4566");
        Endpoint.FindRunning(State)!.IsEnding().ShouldBeFalse();

        // What the kernel runs for itself has none either, as a killed process whose files are not closed yet.
        const int kernelThread = 2;
        Assert.SkipUnless(File.Exists($"/proc/{kernelThread}/cmdline") && File.ReadAllText($"/proc/{kernelThread}/cmdline").Length == 0, "needs to see the kernel's threads");
        var stat = File.ReadAllText($"/proc/{kernelThread}/stat");
        var ticks = long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], System.Globalization.CultureInfo.InvariantCulture);
        new Endpoint("http://127.0.0.1:4566", kernelThread, ticks).IsEnding().ShouldBeTrue();
    }

    [Fact]
    public void A_process_id_that_was_used_again_is_another_process()
    {
        Endpoint.Publish(State, "http://127.0.0.1:4566");
        var text = File.ReadAllText(State.Endpoint);
        var ticks = Endpoint.FindRunning(State)!.StartTicks;
        File.WriteAllText(State.Endpoint, text.Replace($"{ticks}", $"{ticks + 1}", StringComparison.Ordinal));
        Endpoint.FindRunning(State).ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    public void A_file_that_is_not_whole_is_no_cloud(string text)
    {
        File.WriteAllText(State.Endpoint, text);
        Endpoint.FindRunning(State).ShouldBeNull();
        Should.Throw<UserException>(() => Endpoint.GetRunning(State)).ExitCode.ShouldBe(ExitCode.Unavailable);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
