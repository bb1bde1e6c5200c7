namespace Nines.Host.Vms.Qmp;

/// <summary>The empty result of a command.</summary>
internal sealed record QmpNothing;
