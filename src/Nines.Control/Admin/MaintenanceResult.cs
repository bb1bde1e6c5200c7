namespace Nines.Control.Admin;

/// <summary>It is scheduled.</summary>
/// <param name="EventId">The event, <c>instance-event-…</c>.</param>
/// <param name="NotBefore">When it begins: later than asked where the owner has a window for it.</param>
internal sealed record MaintenanceResult(string EventId, DateTimeOffset NotBefore);
