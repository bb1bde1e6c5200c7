namespace Nines.Host.Vms.Qmp;

/// <summary>How a migration stands.</summary>
/// <param name="Status">QEMU's MigrationStatus: <c>setup</c>, <c>active</c>, <c>completed</c>, <c>failed</c>, …; none before one was begun.</param>
/// <param name="ErrorDesc">Why it failed.</param>
internal sealed record MigrationInfo(string? Status = null, string? ErrorDesc = null);
