using System.Collections.Immutable;

namespace Nines.Host.Vms;

/// <summary>Which accelerators booted a guest, and for which machine that holds.</summary>
/// <param name="Key">Kernel and hypervisor it was tried with; when either changes it is tried again.</param>
/// <param name="Accelerators">Those that did, best first.</param>
/// <param name="HasHyperV">Whether KVM did with what Windows is told of Hyper-V.</param>
internal sealed record AcceleratorProbeResult(string Key, ImmutableArray<string> Accelerators, bool HasHyperV);
