using Nines.Wire.Signing;

namespace Nines.Control.Identity;

/// <summary>What a client needs to be the root of the account.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Region">The region of this cloud.</param>
/// <param name="Credentials">The keys.</param>
internal sealed record RootCredentials(string AccountId, string Region, Credentials Credentials);
