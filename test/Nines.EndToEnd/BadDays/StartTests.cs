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

    [Fact]
    public async Task A_state_stays_what_it_was_begun_as()
    {
        (await _cli.RunAsync("up", "--detach", "--port", "0", "--simulated-hosts", "2")).ShouldSucceed();
        try
        {
            (await _cli.RunAsync("down")).ShouldSucceed();
            (await _cli.RunAsync("up", "--detach", "--port", "0")).ShouldSucceed();
            (await _cli.RunAsync("status")).ShouldSucceed().Output.ShouldContain("simulated-2");
            (await _cli.RunAsync("down")).ShouldSucceed();
            foreach (var hosts in (string[])["0", "3"])
            {
                var refused = await _cli.RunAsync("up", "--detach", "--port", "0", "--simulated-hosts", hosts);
                refused.ExitCode.ShouldBe(64);
                refused.Errors.ShouldContain("2 hosts in memory");
                refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);
            }

            var run = await _cli.RunAsync("run", "tiny", "--", "true");
            run.ExitCode.ShouldBe(64);
            run.Errors.ShouldContain("nothing boots");
        }
        finally
        {
            await _cli.RunAsync("down", "--purge");
        }
    }

    [Fact]
    public async Task A_directory_of_somebody_else_is_neither_taken_nor_purged()
    {
        var letter = Path.Combine(Directory.CreateDirectory(Path.Combine(State, "letters")).FullName, "first");
        await File.WriteAllTextAsync(letter, "Dear Ada", TestContext.Current.CancellationToken);

        var taken = await UpAsync("0");
        taken.ExitCode.ShouldBe(64);
        taken.Errors.ShouldContain("letters");
        var purged = await _cli.RunAsync("down", "--purge");
        purged.ExitCode.ShouldBe(69);
        purged.Errors.ShouldContain($"there is no cloud in {State}");

        (await File.ReadAllTextAsync(letter, TestContext.Current.CancellationToken)).ShouldBe("Dear Ada");
        Directory.GetFileSystemEntries(State).ShouldBe([Path.GetDirectoryName(letter)!]);
    }

    [Fact]
    public async Task A_verb_that_finds_no_cloud_says_how_to_name_one()
    {
        var refused = await _cli.RunAsync("status");
        refused.ExitCode.ShouldBe(69);
        refused.Errors.ShouldContain(State);
        refused.Errors.ShouldContain("--state DIR");
    }

    [Fact]
    public async Task A_public_pool_that_another_cloud_has_is_refused_at_the_start()
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_001_001);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_001_001);
        var other = new NinesCli(Path.Combine(folder.Path, "s"));
        var pool = PublicPools.Next() + "0/24";
        try
        {
            (await _cli.RunAsync("up", "--detach", "--port", "0", "--public-pool", pool, "--no-egress")).ShouldSucceed();

            var refused = await other.RunAsync("up", "--detach", "--port", "0", "--public-pool", pool, "--no-egress");

            refused.ExitCode.ShouldBe(69);
            refused.Errors.ShouldContain($"The public pool {pool} is already routed on this machine, by another cloud");
            refused.Errors.ShouldContain("choose another with --public-pool");
        }
        finally
        {
            await other.RunAsync("down", "--purge");
            (await _cli.RunAsync("down", "--purge")).ShouldSucceed();
        }
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
