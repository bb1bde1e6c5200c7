using System.Security.Cryptography;
using Nines.Control.Services.Ec2.Firmware;
using Nines.Host.Api;

namespace Nines.Control.Tests.Services.Ec2.Firmware;

public sealed class TpmPublicAreaTests
{
    private const string Policy256 = "0020837197674484B3F81A90CC8D46A5D724FD52D76E06520B64F2A1DA1B331469AA";
    private const string Policy384 = "0030B26E7D28D11A50BC53D882BCF5FD3A1A074148BB35D3B4E4CB1C0AD9BDE419CACB47BA09699646150F9FC000F3F80E12";

    [Fact]
    public void An_RSA_key_is_read_as_the_same_key()
    {
        using var key = RSA.Create(2048);
        byte[] area = [.. Convert.FromHexString("0001000B000300B2" + Policy256 + "00060080004300100800000000000100"), .. key.ExportParameters(false).Modulus!];

        TpmPublicArea.ToDer(TpmKeyType.Rsa2048, area).ShouldBe(key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void A_point_of_a_curve_is_read_as_the_same_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var point = key.ExportParameters(false).Q;
        byte[] area = [.. Convert.FromHexString("0023000C000300F2" + Policy384 + "000601000043001000040010"), 0, 48, .. point.X!, 0, 48, .. point.Y!];

        TpmPublicArea.ToDer(TpmKeyType.EccSecP384, area).ShouldBe(key.ExportSubjectPublicKeyInfo());
    }

    [Fact]
    public void A_part_of_a_key_is_none()
    {
        var area = Convert.FromHexString("0001000B000300B2" + Policy256 + "00060080004300100800000000000100" + new string('1', 512));

        for (var length = 0; length < area.Length; length++)
        {
            Should.Throw<InvalidDataException>(() => TpmPublicArea.ToDer(TpmKeyType.Rsa2048, area.AsSpan(0, length)));
        }
    }
}
