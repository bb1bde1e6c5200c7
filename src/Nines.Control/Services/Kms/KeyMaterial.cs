namespace Nines.Control.Services.Kms;

/// <summary>One of a key's secrets.</summary>
/// <param name="Sealed">Its 32 bytes, sealed with the master key.</param>
/// <param name="Since">When it was made.</param>
/// <param name="OnDemand">Whether it was asked for, not made because its time had come.</param>
internal sealed record KeyMaterial(byte[] Sealed, DateTimeOffset Since, bool OnDemand = false);
