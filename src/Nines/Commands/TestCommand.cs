using System.CommandLine;
using Nines.Composition;
using Nines.Testing;

namespace Nines.Commands;

/// <summary><c>nines test [NAME…]</c></summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = "A suite (Wire.Tests, EndToEnd, …) or a part of a test's name; nothing: all tests.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("test", "Do all the set-up that the tests need and run them; the last line counts them.") { names };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var result = await new TestRunner(SourceTree.Root).RunAsync(parsed.GetValue(names) ?? [], cancellationToken);
            var skipped = result.Skipped > 0 ? $", {result.Skipped} skipped" : "";
            Console.WriteLine($"{result.Passed} passed, {result.Failed} failed{skipped}");
            return result.Failed == 0 ? ExitCode.Success : ExitCode.Failure;
        });
        return command;
    }
}
