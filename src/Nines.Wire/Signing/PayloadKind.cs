namespace Nines.Wire.Signing;

/// <summary>How a signature covers the body.</summary>
public enum PayloadKind
{
    /// <summary>By the body's SHA-256.</summary>
    Hash,

    /// <summary>Not at all (S3 only).</summary>
    NotSigned,

    /// <summary>Chunk by chunk, each with a signature of its own that continues the request's (S3 only).</summary>
    SignedChunks,

    /// <summary>As <see cref="SignedChunks"/>, with a signed trailer (S3 only).</summary>
    SignedChunksWithTrailer,

    /// <summary>In chunks without signatures, with a trailer that carries a checksum (S3 only).</summary>
    UnsignedChunksWithTrailer,
}
