namespace Nines.Control.Admin;

/// <summary>Asks for the newest lines of the audit.</summary>
/// <param name="MaxLines">How many; null: 100.</param>
internal sealed record AuditRequest(int? MaxLines);
