namespace Nines.Host.Api;

/// <summary>
/// When a machine's disks hold all that its guest wrote: while it is off between the two halves of a reboot. A machine that does not run,
/// or has been started or rebooted since, is not waited for; nor is a guest that does not shut down longer than for any reboot.
/// </summary>
/// <param name="VmId">The machine, <c>i-…</c>.</param>
/// <param name="BootGeneration">The boot that is rebooted.</param>
/// <param name="RebootGeneration">The reboot.</param>
public sealed record SnapshotMoment(string VmId, long BootGeneration, long RebootGeneration);
