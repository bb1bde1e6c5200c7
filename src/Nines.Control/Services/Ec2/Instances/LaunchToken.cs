using System.Text.Json.Serialization;
using Nines.Control.Store;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// That a client token was used: a repeat of the same request gets the same reservation, another request is refused.
/// Kept until the last instance of the reservation is forgotten.
/// </summary>
/// <param name="AccountId">Whose token.</param>
/// <param name="Id">The token.</param>
/// <param name="Fingerprint">Digest of everything else in the request.</param>
/// <param name="ReservationId">What it launched.</param>
internal sealed record LaunchToken(
    [property: JsonConverter(typeof(InternedStringConverter))] string AccountId,
    string Id,
    string Fingerprint,
    string ReservationId) : IResource
{
    public static readonly TableDefinition<LaunchToken> Table = new("launch-tokens", InstanceJsonContext.Default.LaunchToken);
}
