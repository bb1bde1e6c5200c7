namespace Nines.Host.Vms;

/// <summary>What must be remembered of a machine whose memory was saved, to let it go on.</summary>
/// <param name="HasGate">Whether it has the port that guests wait at before they have an identity.</param>
/// <param name="Devices">Digest of its command line: its state fits no other.</param>
internal sealed record HibernatedMachine(bool HasGate, string Devices);
