using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;

namespace Nines.Control.Gateway;

/// <summary>Bodies that clients compress, as SDKs do with metrics: inflated piece by piece, never beyond what an open body may have.</summary>
internal static class GzipBody
{
    private const int PieceBytes = 16 * 1024;

    /// <summary>A header of ten bytes and a trailer of eight (RFC 1952).</summary>
    private const int LeastBytes = 18;

    /// <returns>The body; null when it is no gzip, larger than <paramref name="limitBytes"/>, or the memory of all bodies is used up.</returns>
    /// <param name="sent">The body as it was sent.</param>
    /// <param name="limitBytes">The largest body.</param>
    /// <param name="take">Takes memory from what all bodies share.</param>
    public static (byte[]? Body, BodyRefusal Refusal) Inflate(byte[] sent, int limitBytes, Func<int, bool> take)
    {
        if (sent.Length < LeastBytes)
        {
            return (null, BodyRefusal.Malformed);
        }

        var body = new ArrayBufferWriter<byte>(PieceBytes);
        var taken = 0;
        try
        {
            using var gzip = new GZipStream(new MemoryStream(sent, writable: false), CompressionMode.Decompress);
            while (true)
            {
                var needed = body.WrittenCount + PieceBytes;
                if (needed > taken)
                {
                    // The buffer grows by doubling.
                    var more = Math.Max(PieceBytes, taken);
                    taken += more;
                    if (!take(more))
                    {
                        return (null, BodyRefusal.NoMemory);
                    }
                }

                var read = gzip.Read(body.GetSpan(PieceBytes)[..PieceBytes]);
                if (read == 0)
                {
                    break;
                }

                body.Advance(read);
                if (body.WrittenCount > limitBytes)
                {
                    return (null, BodyRefusal.TooLarge);
                }
            }
        }
        catch (InvalidDataException)
        {
            return (null, BodyRefusal.Malformed);
        }

        // The trailer tells the length: a body that was cut off inflates to less without a word.
        var length = BinaryPrimitives.ReadUInt32LittleEndian(sent.AsSpan(sent.Length - 4));
        return length == body.WrittenCount ? (body.WrittenSpan.ToArray(), BodyRefusal.None) : (null, BodyRefusal.Malformed);
    }
}
