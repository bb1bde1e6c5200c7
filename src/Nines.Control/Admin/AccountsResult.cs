namespace Nines.Control.Admin;

/// <summary>The accounts of a cloud.</summary>
/// <param name="Accounts">The operator's own first, the others by name.</param>
internal sealed record AccountsResult(IReadOnlyList<AccountLine> Accounts);
