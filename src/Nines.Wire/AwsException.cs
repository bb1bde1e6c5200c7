namespace Nines.Wire;

/// <summary>An error that the client is told in its protocol: AWS's code, a message, an HTTP status.</summary>
/// <remarks>Clients retry 5xx and throttling; an error that a repeat cannot mend is always 4xx.</remarks>
public sealed class AwsException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="code">AWS's code: <c>InvalidInstanceID.NotFound</c>.</param>
    /// <param name="message">What is wrong: the parameter, the value and the rule.</param>
    /// <param name="status">The HTTP status.</param>
    public AwsException(string code, string message, int status = 400)
        : base(message)
    {
        Code = code;
        Status = status;
    }

    /// <summary>AWS's code.</summary>
    public string Code { get; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>Whether the client, not the service, is at fault.</summary>
    public bool SenderFault => Status < 500;

    /// <summary>The code that the query protocol used for this error, for services that moved from it to JSON (<c>x-amzn-query-error</c>).</summary>
    public string? QueryCode { get; init; }
}
