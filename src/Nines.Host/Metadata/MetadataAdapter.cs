using Nines.Host.Api;

namespace Nines.Host.Metadata;

/// <summary>An adapter of a machine with the network and subnet it is in.</summary>
internal sealed record MetadataAdapter(int DeviceIndex, InterfaceSpec Interface, SubnetSpec Subnet, VpcSpec Vpc);
