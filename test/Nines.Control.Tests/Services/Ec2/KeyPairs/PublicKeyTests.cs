using System.Text;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.KeyPairs;

/// <summary>The keys and what is expected of them were made by ssh-keygen and openssl.</summary>
public sealed class PublicKeyTests
{
    private const string Rsa = "AAAAB3NzaC1yc2EAAAADAQABAAABAQCfj8j0rzZ9pqbJn8y8/qBpRGvoMb9uAc9xK1ZOs/HPfi2sxoJPRq4bV7i5D2gi9nTqMoAdCI1b6fZqVMwmqNXl/pN6b41QEl5QScAPjaDN0gnhI77fUXlMmoNuP2RzopWHiBr80WEPgxjKtjBjjYSd3Rk7MuPmlhjNvjSHW6+mgD16WfHI/7FkzLcWRTfHrTSbxVPz9BGkznz4N1GmPPhXZjRyNKPEH11Y/2HdDtmeWgcvXsRqMW94scsotTFrCGO4ElNxDig0rSlMuGKK5irsWm7HqhYeEJXErifoR0ShVRIQ/LIg3ZSkuniq6iYHSLi6NayCwXTrc+2FFtLaDdr5";
    private const string RsaDer = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn4/I9K82faamyZ/MvP6gaURr6DG/bgHPcStWTrPxz34trMaCT0auG1e4uQ9oIvZ06jKAHQiNW+n2alTMJqjV5f6Tem+NUBJeUEnAD42gzdIJ4SO+31F5TJqDbj9kc6KVh4ga/NFhD4MYyrYwY42End0ZOzLj5pYYzb40h1uvpoA9elnxyP+xZMy3FkU3x600m8VT8/QRpM58+DdRpjz4V2Y0cjSjxB9dWP9h3Q7ZnloHL17EajFveLHLKLUxawhjuBJTcQ4oNK0pTLhiiuYq7Fpux6oWHhCVxK4n6EdEoVUSEPyyIN2UpLp4quomB0i4ujWsgsF063PthRbS2g3a+QIDAQAB";
    private const string RsaPkcs1 = "MIIBCgKCAQEAn4/I9K82faamyZ/MvP6gaURr6DG/bgHPcStWTrPxz34trMaCT0auG1e4uQ9oIvZ06jKAHQiNW+n2alTMJqjV5f6Tem+NUBJeUEnAD42gzdIJ4SO+31F5TJqDbj9kc6KVh4ga/NFhD4MYyrYwY42End0ZOzLj5pYYzb40h1uvpoA9elnxyP+xZMy3FkU3x600m8VT8/QRpM58+DdRpjz4V2Y0cjSjxB9dWP9h3Q7ZnloHL17EajFveLHLKLUxawhjuBJTcQ4oNK0pTLhiiuYq7Fpux6oWHhCVxK4n6EdEoVUSEPyyIN2UpLp4quomB0i4ujWsgsF063PthRbS2g3a+QIDAQAB";
    private const string RsaMd5 = "da:f4:66:c7:de:fd:d6:84:eb:f9:6e:fc:7e:90:75:48";
    private const string Ed25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIJp714/HVrRVcaKvGw/Tr79Nm4Np/HKEVCMu09k0BtkT";
    private const string Ed25519Der = "MCowBQYDK2VwAyEAmnvXj8dWtFVxoq8bD9Ovv02bg2n8coRUIy7T2TQG2RM=";
    private const string Ed25519Sha256 = "d/uVf33haOOKcvIP+GTburVUcS00KepCzc+6WvGfZ3w=";

    public static TheoryData<string> RsaForms =>
    [
        $"ssh-rsa {Rsa}",
        $"ssh-rsa {Rsa} me@here and there\n",
        RsaDer,
        $"-----BEGIN PUBLIC KEY-----\n{RsaDer}\n-----END PUBLIC KEY-----\n",
        $"-----BEGIN RSA PUBLIC KEY-----\n{RsaPkcs1}\n-----END RSA PUBLIC KEY-----\n",
        $"---- BEGIN SSH2 PUBLIC KEY ----\r\nComment: \"2048-bit RSA, \\\r\nconverted\"\r\n{Rsa[..70]}\r\n{Rsa[70..]}\r\n---- END SSH2 PUBLIC KEY ----\r\n",
    ];

    public static TheoryData<string> Ed25519Forms =>
    [
        $"ssh-ed25519 {Ed25519} me@here",
        Ed25519Der,
        $"---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\nx-private: y\n{Ed25519}\n---- END SSH2 PUBLIC KEY ----",
    ];

    [Theory]
    [MemberData(nameof(RsaForms))]
    public void An_RSA_key_is_read_in_every_form(string text)
    {
        var key = PublicKey.Parse(Encoding.ASCII.GetBytes(text));
        key.KeyType.ShouldBe("rsa");
        key.ToOpenSsh("web").ShouldBe($"ssh-rsa {Rsa} web");
        key.Fingerprint.ShouldBe(RsaMd5);
    }

    [Theory]
    [MemberData(nameof(Ed25519Forms))]
    public void An_Ed25519_key_is_read_in_every_form(string text)
    {
        var key = PublicKey.Parse(Encoding.ASCII.GetBytes(text));
        key.KeyType.ShouldBe("ed25519");
        key.ToOpenSsh("web").ShouldBe($"ssh-ed25519 {Ed25519} web");
        key.Fingerprint.ShouldBe(Ed25519Sha256);
    }

    [Fact]
    public void Bare_DER_is_read_too() => PublicKey.Parse(Convert.FromBase64String(RsaDer)).Fingerprint.ShouldBe(RsaMd5);

    [Theory]
    [InlineData("")]
    [InlineData("ssh-rsa")]
    [InlineData("ssh-rsa AAAA")]
    [InlineData("ssh-rsa not*base64")]
    [InlineData("ssh-ed25519 " + Rsa)]
    [InlineData("ssh-rsa " + Ed25519)]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJp714/HVrRVcaKvGw/Tr79Nm4Np/HKEVCMu09k0BtkTAAAA")]
    [InlineData("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFFNlc8rwpmm1vvLjSsNa9Ps0PUchJv3FC5M1PHc0xn90cOZpe+IfL2jYZT+YjeAJzFOFjlq9FKFlbxwEJZrkrc= c")]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----")]
    [InlineData("---- BEGIN SSH2 PUBLIC KEY ----")]
    [InlineData("0\u0082\u0001")]
    [InlineData("hello, world")]
    public void Anything_else_is_refused(string text)
    {
        var error = Should.Throw<AwsException>(() => PublicKey.Parse(Encoding.Latin1.GetBytes(text)));
        (error.Code, error.Message).ShouldBe(("InvalidKey.Format", "Key is not in valid OpenSSH public key format"));
    }

    [Fact]
    public void A_huge_text_is_refused() => Should.Throw<AwsException>(() => PublicKey.Parse(new byte[20_000])).Code.ShouldBe("InvalidKey.Format");
}
