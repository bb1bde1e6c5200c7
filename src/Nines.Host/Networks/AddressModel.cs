using System.Net;

namespace Nines.Host.Networks;

/// <summary>A private address of an adapter, and the public one that is translated to it, or <see langword="null"/>.</summary>
internal sealed record AddressModel(IPAddress Address, IPAddress? PublicAddress);
