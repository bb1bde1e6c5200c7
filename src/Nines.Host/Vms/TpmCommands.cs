using System.Buffers.Binary;
using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>The few commands that the agent gives a TPM (TPM 2.0 Library, part 3), as bytes: pure, but for reading an answer.</summary>
internal static class TpmCommands
{
    private const ushort NoSessions = 0x8001;
    private const ushort Sessions = 0x8002;
    private const uint CreatePrimary = 0x131;
    private const uint FlushContext = 0x165;
    private const uint EndorsementHierarchy = 0x4000000B;
    private const uint PasswordSession = 0x40000009;
    private const int HeaderBytes = 10;
    private const int MaxAnswerBytes = 4096;

    private const ushort Rsa = 0x0001;
    private const ushort Aes = 0x0006;
    private const ushort Sha256 = 0x000B;
    private const ushort Sha384 = 0x000C;
    private const ushort Null = 0x0010;
    private const ushort Ecc = 0x0023;
    private const ushort Cfb = 0x0043;
    private const ushort NistP384 = 0x0004;

    /// <summary>Fixed to its TPM and parent, made of the TPM's own seed, used by policy, for decryption of what the TPM itself knows.</summary>
    private const uint LowRange = 0x000300B2;

    /// <summary>As the low range's keys, and used by its password too.</summary>
    private const uint HighRange = LowRange | 0x40;

    /// <summary>That who knows the endorsement hierarchy's password may use the key (EK Credential Profile: PolicyA, with SHA-256).</summary>
    private static readonly byte[] s_policyA = Convert.FromHexString("837197674484B3F81A90CC8D46A5D724FD52D76E06520B64F2A1DA1B331469AA");

    /// <summary>As above, or an authorisation that the TPM's owner stored (PolicyB, with SHA-384).</summary>
    private static readonly byte[] s_policyB = Convert.FromHexString("B26E7D28D11A50BC53D882BCF5FD3A1A074148BB35D3B4E4CB1C0AD9BDE419CACB47BA09699646150F9FC000F3F80E12");

    /// <summary>Makes an endorsement key: it follows from the TPM's seed and the profile's template, and so is the same each time.</summary>
    public static byte[] CreateEndorsementKey(TpmKeyType type)
    {
        var authorisation = Bytes(PasswordSession, Sized([]), (byte)0, Sized([]));
        return Command(
            Sessions,
            CreatePrimary,
            Bytes(EndorsementHierarchy, (uint)authorisation.Length, authorisation, Sized(Bytes(Sized([]), Sized([]))), Sized(Template(type)), Sized([]), 0u));
    }

    /// <summary>Takes a key out of the TPM's memory again.</summary>
    public static byte[] Flush(uint handle) => Command(NoSessions, FlushContext, Bytes(handle));

    /// <summary>The handle and the public area (TPMT_PUBLIC) of a key that was made.</summary>
    /// <exception cref="InvalidDataException">The answer is cut off.</exception>
    public static (uint Handle, byte[] PublicArea) ReadCreated(ReadOnlySpan<byte> answer)
    {
        // The handle, the size of the parameters, and the public area with its own size.
        const int areaAt = 4 + 4 + 2;
        return answer.Length >= areaAt && BinaryPrimitives.ReadUInt16BigEndian(answer[8..]) is var size && answer.Length >= areaAt + size
            ? (BinaryPrimitives.ReadUInt32BigEndian(answer), answer.Slice(areaAt, size).ToArray())
            : throw new InvalidDataException("The answer is cut off.");
    }

    /// <summary>Reads an answer; what follows its header.</summary>
    /// <exception cref="InvalidDataException">The TPM refused, or the answer is none.</exception>
    /// <exception cref="EndOfStreamException">It says nothing more.</exception>
    public static async Task<byte[]> ReceiveAsync(Stream stream, CancellationToken cancellationToken)
    {
        var header = new byte[HeaderBytes];
        await stream.ReadExactlyAsync(header, cancellationToken);
        var size = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(2));
        if (size is < HeaderBytes or > MaxAnswerBytes)
        {
            throw new InvalidDataException($"An answer has {size} bytes.");
        }

        var body = new byte[size - HeaderBytes];
        await stream.ReadExactlyAsync(body, cancellationToken);
        var code = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(6));
        return code == 0 ? body : throw new InvalidDataException($"The TPM answered 0x{code:x}.");
    }

    /// <summary>What a key shall be like; the same public area comes back with the key in its last fields.</summary>
    private static byte[] Template(TpmKeyType type) => type switch
    {
        TpmKeyType.Rsa2048 => Bytes(Rsa, Sha256, LowRange, Sized(s_policyA), Aes, (ushort)128, Cfb, Null, (ushort)2048, 0u, Sized(new byte[256])),
        _ => Bytes(Ecc, Sha384, HighRange, Sized(s_policyB), Aes, (ushort)256, Cfb, Null, NistP384, Null, Sized([]), Sized([])),
    };

    private static byte[] Command(ushort tag, uint code, byte[] body) => Bytes(tag, (uint)(HeaderBytes + body.Length), code, body);

    private static byte[] Sized(byte[] content) => Bytes((ushort)content.Length, content);

    /// <summary>Numbers and bytes one after the other, the high byte of each number first.</summary>
    private static byte[] Bytes(params ReadOnlySpan<object> parts)
    {
        var bytes = new List<byte>();
        foreach (var part in parts)
        {
            bytes.AddRange(part switch
            {
                byte number => [number],
                ushort number => [(byte)(number >> 8), (byte)number],
                uint number => [(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number],
                byte[] content => content,
                _ => throw new ArgumentException("Neither a number nor bytes."),
            });
        }

        return [.. bytes];
    }
}
