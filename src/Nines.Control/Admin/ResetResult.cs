namespace Nines.Control.Admin;

/// <summary>The account is as new.</summary>
/// <param name="Milliseconds">How long it took.</param>
internal sealed record ResetResult(double Milliseconds);
