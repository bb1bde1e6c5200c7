namespace Nines.Host.Remote;

/// <summary>The contract's calls as paths over HTTP.</summary>
internal static class RemotePaths
{
    public const string Facts = "/v1/facts";
    public const string State = "/v1/state";
    public const string Report = "/v1/report";
    public const string Usage = "/v1/usage";
    public const string Processors = "/v1/processors";
    public const string Everything = "/v1/everything";
    public const string Machines = "/v1/machines";

    /// <summary>Name of the protocol that a live console's connection is upgraded to.</summary>
    public const string ConsoleProtocol = "nines-console";
}
