namespace Nines.Host.Networks;

/// <summary>How a tap is open: what its guest's adapter was told that it may do.</summary>
/// <param name="Flags">Of TUNSETIFF.</param>
/// <param name="HeaderBytes">Length of the header before each packet.</param>
/// <param name="SendBuffer">How much may wait to be sent, in bytes.</param>
/// <param name="Offloads">What the guest's adapter takes that is left to it, of TUNSETOFFLOAD.</param>
internal sealed record TapSettings(short Flags, int HeaderBytes, int SendBuffer, int Offloads);
