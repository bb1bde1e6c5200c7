namespace Nines.Wire.Signing;

/// <summary>What a signature is good for: one day, one region, one service.</summary>
/// <param name="Date">The day, as <c>yyyyMMdd</c>.</param>
/// <param name="Region">The region, such as <c>us-east-1</c>.</param>
/// <param name="Service">The service's signing name, such as <c>ec2</c>.</param>
public readonly record struct CredentialScope(string Date, string Region, string Service)
{
    /// <summary>The last element of every scope.</summary>
    public const string Terminator = "aws4_request";

    /// <inheritdoc/>
    public override string ToString() => $"{Date}/{Region}/{Service}/{Terminator}";
}
