using System.Diagnostics;
using System.Text;

namespace Nines.EndToEnd.Clients;

/// <summary>Runs a real client to its end.</summary>
internal static class ClientProcess
{
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromMinutes(3);

    public static async Task<ClientResult> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string? input = null, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(patience ?? UsualTimeout);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = process.StandardError.ReadToEndAsync(timeout.Token);
            await process.StandardInput.WriteAsync(input.AsMemory(), timeout.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(timeout.Token);
            return new ClientResult(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end in time");
        }
    }
}

/// <summary>What a client printed.</summary>
internal sealed record ClientResult(int ExitCode, string Output, string Errors)
{
    /// <summary>Fails the test with what the client said, unless it succeeded.</summary>
    public ClientResult ShouldSucceed()
    {
        ExitCode.ShouldBe(0, new StringBuilder("the client failed:\n").Append(Errors).Append(Output).ToString());
        return this;
    }
}
