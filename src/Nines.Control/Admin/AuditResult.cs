using Nines.Control.Audit;

namespace Nines.Control.Admin;

/// <summary>Lines of the audit, oldest first.</summary>
internal sealed record AuditResult(IReadOnlyList<AuditLine> Lines);
