using System.Net;
using System.Net.Sockets;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.BadDays;

/// <summary>Starts that cannot succeed say in one line why, and harm nothing.</summary>
public sealed class StartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NinesCli _cli;

    public StartTests() => _cli = new NinesCli(State);

    private string State => Path.Combine(_folder.Path, "s");

    [Fact]
    public async Task A_second_cloud_on_one_state_is_refused()
    {
        (await UpAsync("0")).ShouldSucceed();
        try
        {
            var second = await UpAsync("0");
            second.ExitCode.ShouldNotBe(0);
            second.Errors.ShouldContain("already runs");
            // Not only when started in the background: the directory itself is held.
            var third = await _cli.RunAsync("up", "--port", "0", "--simulated-hosts", "1");
            third.ExitCode.ShouldBe(69);
            third.Errors.ShouldContain("Another Nines");
        }
        finally
        {
            (await _cli.RunAsync("down", "--purge")).ShouldSucceed();
        }

        Directory.Exists(State).ShouldBeFalse();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var refused = await UpAsync($"{port}");
        refused.ExitCode.ShouldBe(69);
        refused.Errors.ShouldContain($"127.0.0.1:{port}");
    }

    [Fact]
    public async Task A_truncated_store_is_reported_and_left_as_it_is()
    {
        (await UpAsync("0")).ShouldSucceed();
        (await _cli.RunAsync("down")).ShouldSucceed();
        var store = Path.Combine(State, "store.db");
        foreach (var file in Directory.GetFiles(State, "store.db-*"))
        {
            File.Delete(file);
        }

        using (var file = File.OpenWrite(store))
        {
            file.SetLength(file.Length / 2);
        }

        var damaged = await File.ReadAllBytesAsync(store, TestContext.Current.CancellationToken);
        var refused = await UpAsync("0");
        refused.ExitCode.ShouldNotBe(0);
        refused.Errors.ShouldContain("store.db");
        (await File.ReadAllBytesAsync(store, TestContext.Current.CancellationToken)).ShouldBe(damaged);
    }

    [Theory]
    [InlineData("--zones", "0")]
    [InlineData("--port", "70000")]
    [InlineData("--account", "12")]
    [InlineData("--region", "nowhere")]
    [InlineData("--listen", "here")]
    [InlineData("--public-pool", "10.0.0.0/30")]
    public async Task An_option_that_cannot_be_is_refused_before_anything_is_made(string option, string value)
    {
        var refused = await _cli.RunAsync("up", "--detach", "--simulated-hosts", "1", option, value);
        refused.ExitCode.ShouldBe(64);
        refused.Errors.ShouldContain(value);
        refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
        Directory.Exists(State).ShouldBeFalse();
    }

    public void Dispose() => _folder.Dispose();

    private Task<ClientResult> UpAsync(string port) => _cli.RunAsync("up", "--detach", "--port", port, "--simulated-hosts", "1");
}
