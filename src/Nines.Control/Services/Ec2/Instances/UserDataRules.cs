using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>What EC2 allows as user data.</summary>
internal static class UserDataRules
{
    /// <summary>The most bytes, before they are encoded.</summary>
    public const int MaximumBytes = 16 * 1024;

    /// <summary>Reads user data in base64; empty data is none.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static ImmutableArray<byte>? Decode(string? base64)
    {
        if (string.IsNullOrEmpty(base64))
        {
            return null;
        }

        var bytes = new byte[(base64.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(base64, bytes, out var length))
        {
            throw Ec2Errors.InvalidParameterValue("Invalid BASE64 encoding of user data.");
        }

        return Check(bytes.AsMemory(0, length));
    }

    /// <summary>Checks user data that came as bytes.</summary>
    /// <exception cref="Nines.Wire.AwsException"><c>InvalidParameterValue</c>.</exception>
    public static ImmutableArray<byte>? Check(ReadOnlyMemory<byte> bytes) => bytes.Length switch
    {
        0 => null,
        > MaximumBytes => throw Ec2Errors.InvalidParameterValue($"User data is limited to {MaximumBytes} bytes"),
        _ => ImmutableCollectionsMarshal.AsImmutableArray(bytes.ToArray()),
    };
}
