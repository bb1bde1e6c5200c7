using System.Text.Json.Nodes;

namespace Nines.EndToEnd.Clients;

/// <summary>The AWS CLI as Debian ships it.</summary>
internal sealed class AwsCli(string url, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>Runs a command that must succeed; answers its JSON.</summary>
    public async Task<JsonNode> RunAsync(params string[] arguments)
    {
        var result = (await InvokeAsync(arguments)).ShouldSucceed();
        return string.IsNullOrWhiteSpace(result.Output) ? new JsonObject() : JsonNode.Parse(result.Output)!;
    }

    /// <summary>Runs a command that must be refused; answers AWS's error code and the message.</summary>
    public async Task<(string Code, string Message)> RefusedAsync(params string[] arguments)
    {
        var result = await InvokeAsync(arguments);
        result.ExitCode.ShouldBe(254, result.Output + result.Errors);
        var match = System.Text.RegularExpressions.Regex.Match(result.Errors, @"An error occurred \((?<code>[\w.]+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (?<message>.*)");
        match.Success.ShouldBeTrue(result.Errors);
        return (match.Groups["code"].Value, match.Groups["message"].Value);
    }

    /// <summary>Runs a command and answers whatever came.</summary>
    public Task<ClientResult> InvokeAsync(params string[] arguments) =>
        PythonClient.Cli.RunAsync("arguments", new JsonArray(["--endpoint-url", url, "--output", "json", "--no-cli-pager", .. arguments]), environment);
}
