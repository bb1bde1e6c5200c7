namespace Nines.Host.Api;

/// <summary>Which endorsement key of a TPM (TCG EK Credential Profile for TPM Family 2.0).</summary>
public enum TpmKeyType
{
    /// <summary>RSA with 2048 bits (template L-1).</summary>
    Rsa2048,

    /// <summary>ECC on NIST's curve P-384 (template H-3).</summary>
    EccSecP384,
}
