namespace Nines.Control.Admin;

/// <summary>Asks for the output of a console.</summary>
/// <param name="InstanceId">Whose.</param>
/// <param name="MaxBytes">How much of the newest; null: 64 KiB.</param>
internal sealed record ConsoleRequest(string? InstanceId, int? MaxBytes);
