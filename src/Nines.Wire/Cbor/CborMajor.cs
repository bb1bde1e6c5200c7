namespace Nines.Wire.Cbor;

/// <summary>The major types of CBOR (RFC 8949, section 3.1).</summary>
internal enum CborMajor
{
    Unsigned,
    Negative,
    Bytes,
    Text,
    Array,
    Map,
    Tag,
    Simple,
}
