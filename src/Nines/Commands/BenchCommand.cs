using System.CommandLine;
using Nines.Composition;
using Nines.Testing;

namespace Nines.Commands;

/// <summary><c>nines bench [NAME]</c></summary>
internal static class BenchCommand
{
    public static Command Create(IReadOnlyList<string> passed)
    {
        var name = new Argument<string?>("NAME") { Description = "Which benchmark; nothing: all of them.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("bench", "Measure this machine: each figure beside a peer's or the physical limit in the same run. What follows -- is the benchmark's: nines bench instant -- --idle 300.") { name };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var root = SourceTree.Root;
            var project = Path.Combine(root, "bench", "Nines.Bench");
            List<string> arguments = ["run", "--project", project, "-c", "Release", "--"];
            if (parsed.GetValue(name) is { } one)
            {
                arguments.Add(one);
            }

            arguments.AddRange(passed);

            return await Tool.RunAsync(Tool.Dotnet, arguments, root, Console.WriteLine, cancellationToken);
        });
        return command;
    }
}
