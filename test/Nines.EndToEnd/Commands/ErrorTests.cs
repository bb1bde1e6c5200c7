using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Commands;

/// <summary>What goes wrong at the command line is one line on standard error and an exit code.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NinesCli _cli;

    public ErrorTests() => _cli = new NinesCli(Path.Combine(_folder.Path, "s"));

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Unrecognized command or argument 'frobnicate'; see: nines --help", "frobnicate")]
    [InlineData("Required argument 'IMAGE' missing for command: 'run'; see: nines run --help", "run")]
    [InlineData("Required command was not provided; see: nines images --help", "images")]
    [InlineData("Required argument 'FILE' missing for command: 'import'; see: nines images import --help", "images", "import")]
    [InlineData("Unrecognized command or argument '--nothing'; see: nines status --help", "status", "--nothing")]
    public async Task A_wrong_command_line_is_told_in_one_line(string message, params string[] arguments)
    {
        var result = await _cli.RunAsync(arguments);
        (result.ExitCode, result.Output, result.Errors).ShouldBe((64, "", $"nines: {message}\n"));
    }

    [Fact]
    public async Task An_export_says_what_is_missing()
    {
        var file = Path.Combine(_folder.Path, "nobody.ova");
        var result = await _cli.RunAsync("images", "export", "nobody", file);
        (result.ExitCode, result.Output, result.Errors).ShouldBe((69, "", "nines: there is no image nobody; see: nines images list\n"));
        File.Exists(file).ShouldBeFalse();
    }

    [Theory]
    [InlineData]
    [InlineData("help")]
    [InlineData("--help")]
    public async Task Help_is_no_error(params string[] arguments) => (await _cli.RunAsync(arguments)).ShouldSucceed().Output.ShouldContain("Usage:");

    [Fact]
    public async Task What_the_cloud_refuses_is_told_with_its_code()
    {
        (await _cli.RunAsync("up", "--detach", "--port", "0", "--simulated-hosts", "1")).ShouldSucceed();
        try
        {
            foreach (var verb in new[] { "ssh", "logs", "console" })
            {
                var missing = await _cli.RunAsync(verb, "i-0123456789abcdef0");
                (missing.ExitCode, missing.Errors).ShouldBe((69, "nines: The instance ID 'i-0123456789abcdef0' does not exist (InvalidInstanceID.NotFound)\n"), verb);
                (await _cli.RunAsync(verb, "i-1")).Errors.ShouldBe("nines: Invalid id: \"i-1\" (expecting \"i-...\") (InvalidInstanceID.Malformed)\n", verb);
            }

            var run = await _cli.RunAsync("run", "tiny");
            run.ExitCode.ShouldBe(64, "servers of hosts in memory have no shell to get into");
            run.Errors.TrimEnd().Split('\n').Length.ShouldBe(1, run.Errors);
        }
        finally
        {
            (await _cli.RunAsync("down", "--purge")).ShouldSucceed();
        }
    }
}
