using System.Diagnostics;

namespace Nines.Testing;

/// <summary>Runs a developer's tool line by line.</summary>
internal static class Tool
{
    /// <summary>The SDK's command: the launcher says where it found it.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } home && File.Exists(Path.Combine(home, "dotnet"))
        ? Path.Combine(home, "dotnet")
        : "dotnet";

    /// <summary>Runs a program to its end; a cancelled one is killed with all it started.</summary>
    /// <param name="environment">Variables that it gets beside those of this process.</param>
    public static async Task<int> RunAsync(
        string program, IEnumerable<string> arguments, string folder, Action<string> onLine, CancellationToken cancellationToken,
        IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start) ?? throw new UserException($"{program} could not be started");
        process.StandardInput.Close();
        var gate = new Lock();
        void Take(object sender, DataReceivedEventArgs e)
        {
            if (e.Data is { } line)
            {
                lock (gate)
                {
                    onLine(line);
                }
            }
        }

        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode;
    }
}
