using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

public sealed class KeyPairTests(SimulatedCloud cloud)
{
    [Theory]
    [InlineData("rsa")]
    [InlineData("ed25519")]
    [Covers("ec2", "CreateKeyPair", "DescribeKeyPairs", "DeleteKeyPair")]
    public async Task A_created_pair_is_one_that_openssh_takes(string type)
    {
        using var folder = new TemporaryFolder();
        var name = $"made-{type}";
        var made = await cloud.Aws.RunAsync("ec2", "create-key-pair", "--key-name", name, "--key-type", type);
        var file = Path.Combine(folder.Path, "key");
        await File.WriteAllTextAsync(file, made["KeyMaterial"]!.GetValue<string>() + "\n", TestContext.Current.CancellationToken);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);
        var shown = (await ClientProcess.RunAsync("ssh-keygen", ["-y", "-f", file], new Dictionary<string, string>())).ShouldSucceed().Output;
        shown.ShouldStartWith($"ssh-{type}");

        var described = (await cloud.Aws.RunAsync("ec2", "describe-key-pairs", "--key-names", name, "--include-public-key"))["KeyPairs"]![0]!;
        described["KeyFingerprint"]!.GetValue<string>().ShouldBe(made["KeyFingerprint"]!.GetValue<string>());
        described["PublicKey"]!.GetValue<string>().Split(' ')[1].ShouldBe(shown.Split(' ')[1].Trim());
        (await cloud.Aws.RefusedAsync("ec2", "create-key-pair", "--key-name", name)).Code.ShouldBe("InvalidKeyPair.Duplicate");

        await cloud.Aws.RunAsync("ec2", "delete-key-pair", "--key-name", name);
        (await cloud.Aws.RefusedAsync("ec2", "describe-key-pairs", "--key-names", name)).Code.ShouldBe("InvalidKeyPair.NotFound");
    }

    [Fact]
    [Covers("ec2", "ImportKeyPair")]
    public async Task An_own_key_is_taken_and_nonsense_is_not()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "own");
        (await ClientProcess.RunAsync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file], new Dictionary<string, string>())).ShouldSucceed();
        var imported = await cloud.Aws.RunAsync("ec2", "import-key-pair", "--key-name", "own", "--public-key-material", $"fileb://{file}.pub");
        imported["KeyPairId"]!.GetValue<string>().ShouldStartWith("key-");
        (await cloud.Aws.RefusedAsync("ec2", "import-key-pair", "--key-name", "bad", "--public-key-material", "bm9uc2Vuc2U=")).Code.ShouldBe("InvalidKey.Format");
    }
}
