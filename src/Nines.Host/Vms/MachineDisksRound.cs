using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>How a machine's disks stand after a round.</summary>
/// <param name="Disks">The volumes that the guest has.</param>
/// <param name="Grown">Whether one became larger.</param>
/// <param name="IsUnsettled">Whether one is still to come or to go.</param>
internal sealed record MachineDisksRound(VolumeIds Disks, bool Grown, bool IsUnsettled);
