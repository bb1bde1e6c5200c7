namespace Nines.Control.Admin;

/// <summary>An account.</summary>
/// <param name="AccountId">Its id.</param>
/// <param name="Name">What the operator calls it; <see langword="null"/> for the operator's own.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record AccountLine(string AccountId, string? Name, DateTimeOffset CreatedAt);
