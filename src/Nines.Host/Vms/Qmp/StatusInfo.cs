namespace Nines.Host.Vms.Qmp;

/// <summary>The run state of a machine.</summary>
/// <param name="Status">QEMU's RunState: <c>running</c>, <c>paused</c>, <c>shutdown</c>, <c>io-error</c>, <c>internal-error</c>, …</param>
/// <param name="Running">Whether its processors run.</param>
internal sealed record StatusInfo(string Status, bool Running);
