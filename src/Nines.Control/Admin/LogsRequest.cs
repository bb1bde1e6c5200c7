namespace Nines.Control.Admin;

/// <summary>Asks for the newest lines of the program's log.</summary>
/// <param name="MaxLines">How many; null: 200.</param>
internal sealed record LogsRequest(int? MaxLines);
