using Nines.Host.Processes;

namespace Nines.Host.Networks;

/// <summary>Looks at namespaces and changes them, with as few processes as can be: one to look, one to change, one for the rules.</summary>
internal sealed class NamespaceCommands(IHostCommands commands)
{
    /// <summary>A namespace with every tap on earth still answers in this many characters.</summary>
    private const int MaxAnswerCharacters = 64 << 20;

    /// <summary>Makes the namespace when it is missing, and sets its parameters, which an interrupted making may have left out.</summary>
    public async Task EnsureAsync(
        string name, IReadOnlyList<(string Name, string Value)> parameters, CancellationToken cancellationToken)
    {
        var path = NetworkNames.PathOf(name);
        if (!NetworkNamespace.Exists(path))
        {
            if (File.Exists(path))
            {
                await commands.RunAsync(new("ip", "netns", "delete", name), cancellationToken);
            }

            await commands.RunAsync(new("ip", "netns", "add", name), cancellationToken);
        }

        NetworkNamespace.SetParameters(path, parameters);
    }

    /// <summary>Removes the namespace when it is there.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken)
    {
        if (File.Exists(NetworkNames.PathOf(name)))
        {
            await commands.RunAsync(new("ip", "netns", "delete", name), cancellationToken);
        }
    }

    /// <summary>What the namespace holds.</summary>
    /// <param name="name">The namespace; the machine's own when <see langword="null"/>.</param>
    public async Task<NamespaceState> ObserveAsync(string? name, CancellationToken cancellationToken)
    {
        var command = new HostCommand("ip", [.. Within(name), "-j", "-batch", "-"])
        {
            StandardInput = NamespaceState.Questions,
            MaxOutputCharacters = MaxAnswerCharacters,
        };
        return NamespaceState.Parse((await commands.RunAsync(command, cancellationToken)).Output);
    }

    /// <summary>Makes the namespace as it shall be. What goes can take other things with it, so that a removal is followed by one more look.</summary>
    public async Task ApplyAsync(
        string? name, NamespaceLayout desired, CancellationToken cancellationToken, Func<string, bool>? mayRemove = null)
    {
        const int mostLooks = 3;
        for (var look = 0; look < mostLooks; look++)
        {
            var lines = NamespacePlan.Lines(desired, await ObserveAsync(name, cancellationToken), mayRemove);
            if (lines.Count == 0)
            {
                return;
            }

            await RunLinesAsync(name, lines, cancellationToken);
            if (!lines.Exists(line => line.Contains(" delete ", StringComparison.Ordinal)))
            {
                return;
            }
        }
    }

    /// <summary>Runs lines of ip(8) in order; the first that fails ends it.</summary>
    public Task RunLinesAsync(string? name, IEnumerable<string> lines, CancellationToken cancellationToken) =>
        commands.RunAsync(
            new HostCommand("ip", [.. Within(name), "-batch", "-"]) { StandardInput = string.Concat(lines.Select(line => line + "\n")) },
            cancellationToken);

    /// <summary>Loads rules in one transaction.</summary>
    public Task LoadRulesAsync(string? name, string ruleset, CancellationToken cancellationToken)
    {
        var command = name is null
            ? new HostCommand("nft", "-f", "-")
            : new HostCommand("nsenter", $"--net={NetworkNames.PathOf(name)}", "--", "nft", "-f", "-");
        return commands.RunAsync(command with { StandardInput = ruleset }, cancellationToken);
    }

    private static string[] Within(string? name) => name is null ? [] : ["-n", name];
}
