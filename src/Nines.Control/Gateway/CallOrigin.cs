using System.Net;
using Nines.Wire.Schemas;

namespace Nines.Control.Gateway;

/// <summary>What a request was, for the audit. Made into text only when the call changes something.</summary>
/// <param name="Action">What is called: <c>ec2:RunInstances</c>.</param>
/// <param name="Address">Where it came from.</param>
/// <param name="UserAgent">What the client says it is.</param>
/// <param name="Input">The parameters.</param>
internal sealed record CallOrigin(string Action, IPAddress? Address = null, string? UserAgent = null, IShape? Input = null)
{
    /// <summary>For calls that no request led to.</summary>
    public static readonly CallOrigin Unknown = new("-");
}
