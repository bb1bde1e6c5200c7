using Nines.Composition;
using Nines.Terminal;

namespace Nines.Servers;

/// <summary>OpenSSH's client with what it needs to reach one of the cloud's servers.</summary>
internal static class SshSession
{
    /// <summary>Runs a shell, or one command, in the server; answers the exit code of what ran there.</summary>
    public static Task<int> RunAsync(CloudPaths state, Server server, string user, IReadOnlyList<string> command, CancellationToken cancellationToken) =>
        Child.RunAsync("ssh", Arguments(state, server, user, command), null, cancellationToken);

    /// <summary>
    /// The host key is kept under the server's id and not its address, since addresses are used again; the first connection
    /// goes to a server that this cloud has just made on a network that it enforces itself, so its key is accepted once.
    /// </summary>
    internal static IReadOnlyList<string> Arguments(CloudPaths state, Server server, string user, IReadOnlyList<string> command)
    {
        List<string> arguments =
        [
            "-i", state.SshKey,
            "-o", "IdentitiesOnly=yes",
            "-o", $"HostKeyAlias={server.Id}",
            "-o", $"UserKnownHostsFile={state.KnownHosts}",
            "-o", "StrictHostKeyChecking=accept-new",
            "-o", "LogLevel=ERROR",
            "-o", "ConnectTimeout=20",
            "-o", "ServerAliveInterval=15",
            "-o", "ServerAliveCountMax=4",
            "-o", "CheckHostIP=no",
            $"{user}@{server.PublicIp}",
        ];
        if (command.Count > 0)
        {
            arguments.Add("--");
            arguments.Add(string.Join(' ', command.Select(Quote)));
        }

        return arguments;
    }

    /// <summary>ssh hands one string to the remote shell; quoting keeps the words that were given apart.</summary>
    private static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "@%+=:,./-_".Contains(c, StringComparison.Ordinal))
            ? word
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
