namespace Nines.Control.Gateway;

/// <summary>What clients may cost before they are refused: bounded memory whatever they send.</summary>
internal sealed record GatewayLimits
{
    /// <summary>Bytes of a request's body, where the service has no limit of its own. EC2's largest request (user data, imported keys) is far below.</summary>
    public int BodyBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Bytes of a request's body by the service's signing name.</summary>
    public IReadOnlyDictionary<string, int> BodyBytesByService { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Bytes of all bodies that are being received or answered together.</summary>
    public long AllBodiesBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Requests that are answered at the same time.</summary>
    public int Requests { get; init; } = 512;

    /// <summary>Connections that are open at the same time; more wait to be accepted.</summary>
    public int Connections { get; init; } = 4096;

    /// <summary>Serial consoles that are open at the same time.</summary>
    public int Consoles { get; init; } = 64;

    /// <summary>Bytes of a request's first line: its path and query. A presigned query request of EC2 may be long.</summary>
    public int RequestLineBytes { get; init; } = 16 * 1024;

    /// <summary>Bytes of all of a request's headers together; a session token takes two of its kilobytes.</summary>
    public int HeadersBytes { get; init; } = 32 * 1024;

    /// <summary>Headers of a request.</summary>
    public int Headers { get; init; } = 100;

    /// <summary>How long a client may take to send its headers.</summary>
    public TimeSpan HeadersTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How slow a client may send or receive a body, in bytes per second, after the first five seconds.</summary>
    public double SlowestBytesPerSecond { get; init; } = 240;

    /// <summary>How long a connection may be idle. Longer than clients keep theirs, so that they are the ones to close.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How long requests under way may take to end when the gateway stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest body of a service.</summary>
    public int BodyBytesOf(string? signingName) =>
        signingName is not null && BodyBytesByService.TryGetValue(signingName, out var bytes) ? bytes : BodyBytes;
}
