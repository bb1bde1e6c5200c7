using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Nines.Terminal;
using Nines.Wire;

namespace Nines.Commands;

/// <summary>The verbs, and what happens to an error that none of them handled.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var (own, passed) = SplitAtDoubleDash(args);
        var root = Build(passed);
        var parsed = root.Parse(own is [] or ["help"] ? ["--help"] : own);
        if (parsed.Action is ParseErrorAction)
        {
            return RefuseUsage(parsed);
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
            });
        }
        catch (UserException e)
        {
            Output.Error(e.Message);
            return e.ExitCode;
        }
        catch (AwsException e)
        {
            Output.Error($"{e.Message} ({e.Code})");
            return e.Code.Contains("NotFound", StringComparison.Ordinal) ? ExitCode.Unavailable : ExitCode.Failure;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e)
        {
            Output.Error($"defect: {e.Message}");
            Console.Error.WriteLine(e);
            return ExitCode.Internal;
        }
    }

    /// <summary>One line and where to read on: the whole help would bury it. A word that nobody knows is told before what is then missing.</summary>
    private static int RefuseUsage(ParseResult parsed)
    {
        var verb = string.Join(' ', Verbs(parsed.CommandResult).Reverse().Prepend("nines"));
        Output.Error($"{parsed.Errors[^1].Message.TrimEnd('.')}; see: {verb} --help");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> Verbs(CommandResult command)
    {
        for (var at = command; at.Parent is CommandResult parent; at = parent)
        {
            yield return at.Command.Name;
        }
    }

    private static RootCommand Build(IReadOnlyList<string> passed) => new("A private cloud with the AWS API and real virtual machines.")
    {
        UpCommand.Create(),
        DownCommand.Create(),
        ResetCommand.Create(),
        StatusCommand.Create(),
        UsageCommand.Create(),
        VolumesCommand.Create(),
        ReachCommand.Create(),
        MaintenanceCommand.Create(),
        AccountsCommand.Create(),
        FaultCommand.Create(),
        DoctorCommand.Create(),
        RunCommand.Create(passed),
        SshCommand.Create(passed),
        ConsoleCommand.Create(),
        LogsCommand.Create(),
        ImagesCommand.Create(),
        EnvCommand.Create(),
        AwsCommand.Create(passed),
        BenchCommand.Create(passed),
        TestCommand.Create(),
    };

    /// <summary>What follows <c>--</c> belongs to another program and is not parsed here; <c>aws</c> passes everything on.</summary>
    private static (string[] Own, string[] Passed) SplitAtDoubleDash(string[] args)
    {
        if (args is ["aws", .. var all])
        {
            return (["aws"], all);
        }

        var at = Array.IndexOf(args, "--");
        return at < 0 ? (args, []) : (args[..at], args[(at + 1)..]);
    }
}
