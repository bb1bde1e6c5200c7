using System.CommandLine;
using Nines.Composition;

namespace Nines.Commands;

/// <summary><c>nines env</c></summary>
internal static class EnvCommand
{
    public static Command Create()
    {
        var state = CommonOptions.State();
        var command = new Command("env", "Print export lines for any AWS tool: eval \"$(nines env)\"") { state };
        command.SetAction(parsed =>
        {
            foreach (var (name, value) in Variables(parsed.GetState(state)))
            {
                Console.WriteLine($"export {name}={value}");
            }
        });
        return command;
    }

    /// <summary>What AWS's tools read from their environment.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(CloudPaths state)
    {
        var endpoint = Endpoint.GetRunning(state);
        var root = RootKeys.Read(state);
        yield return new("AWS_ACCESS_KEY_ID", root.Credentials.AccessKeyId);
        yield return new("AWS_SECRET_ACCESS_KEY", root.Credentials.SecretAccessKey);
        yield return new("AWS_DEFAULT_REGION", root.Region);
        yield return new("AWS_REGION", root.Region);
        yield return new("AWS_ENDPOINT_URL", endpoint.Url);
    }
}
