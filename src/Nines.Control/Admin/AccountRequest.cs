namespace Nines.Control.Admin;

/// <summary>An account that shall be made.</summary>
/// <param name="Name">What the operator calls it; it is a profile's name too.</param>
/// <param name="AccountId">Its id, twelve digits; <see langword="null"/> for any.</param>
internal sealed record AccountRequest(string? Name, string? AccountId = null);
