using System.Security.Cryptography;
using System.Text;
using Nines.Api.Ec2;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Wire;

namespace Nines.Control.Tests.Services.Ec2.KeyPairs;

public sealed class KeyPairOperationsTests : IAsyncLifetime
{
    private Ec2World _world = null!;

    public async ValueTask InitializeAsync() => _world = await Ec2World.OpenAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_created_RSA_key_has_the_SHA_1_of_its_private_half_as_fingerprint()
    {
        var created = await Create(new() { KeyName = "web" });
        using var rsa = RSA.Create();
        rsa.ImportFromPem(created.KeyMaterial);
        rsa.KeySize.ShouldBe(2048);
        created.KeyMaterial.ShouldStartWith("-----BEGIN RSA PRIVATE KEY-----\n");
#pragma warning disable CA5350 // The fingerprint that EC2 defines.
        created.KeyFingerprint.ShouldBe(string.Join(':', SHA1.HashData(rsa.ExportPkcs8PrivateKey()).Select(one => $"{one:x2}")));
#pragma warning restore CA5350
        created.KeyPairId.ShouldStartWith("key-");

        var pair = (await Describe(new() { KeyNames = ["web"], IncludePublicKey = true })).KeyPairs!.ShouldHaveSingleItem();
        (pair.KeyType, pair.KeyFingerprint, pair.CreateTime).ShouldBe(("rsa", created.KeyFingerprint, Ec2World.CallOf().Now));
        PublicKey.Parse(Encoding.ASCII.GetBytes(pair.PublicKey!)).Blob.ShouldBe(PublicKey.FromRsa(rsa.ExportParameters(false)).Blob);
        pair.PublicKey.ShouldEndWith(" web");
    }

    [Fact]
    public async Task A_created_Ed25519_key_has_the_SHA_256_of_its_public_half_as_fingerprint()
    {
        var created = await Create(new() { KeyName = "web", KeyType = "ed25519" });
        created.KeyMaterial.ShouldStartWith("-----BEGIN OPENSSH PRIVATE KEY-----\n");
        var pair = (await Describe(new() { KeyPairIds = [created.KeyPairId!], IncludePublicKey = true })).KeyPairs!.ShouldHaveSingleItem();
        pair.KeyType.ShouldBe("ed25519");
        pair.PublicKey.ShouldStartWith("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI");
        pair.KeyFingerprint.ShouldBe(Convert.ToBase64String(SHA256.HashData(Convert.FromBase64String(pair.PublicKey!.Split(' ')[1]))));
    }

    [Theory]
    [InlineData("rsa", "PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\nComment: web\r\nPublic-Lines: 6\r\n")]
    [InlineData("ed25519", "PuTTY-User-Key-File-2: ssh-ed25519\r\nEncryption: none\r\nComment: web\r\nPublic-Lines: 2\r\n")]
    public async Task Keys_come_in_PuTTYs_form(string type, string beginning)
    {
        var created = await Create(new() { KeyName = "web", KeyType = type, KeyFormat = "ppk" });
        created.KeyMaterial.ShouldStartWith(beginning);
    }

    [Fact]
    public async Task A_name_is_taken_once_and_free_again_after_its_end()
    {
        await Create(new() { KeyName = "web", KeyType = "ed25519" });
        var error = await Should.ThrowAsync<AwsException>(() => Create(new() { KeyName = "web" }));
        (error.Code, error.Message).ShouldBe(("InvalidKeyPair.Duplicate", "The keypair 'web' already exists."));
        (await _world.AskAsync(Ec2Api.DeleteKeyPair, new() { KeyName = "web" })).Return.ShouldBe(true);
        await Create(new() { KeyName = "web", KeyType = "ed25519" });
    }

    [Fact]
    public async Task Of_many_that_take_a_name_at_once_one_gets_it()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            try
            {
                await Create(new() { KeyName = "web", KeyType = "ed25519" });
                return true;
            }
            catch (AwsException e) when (e.Code == "InvalidKeyPair.Duplicate")
            {
                return false;
            }
        })));
        outcomes.Count(created => created).ShouldBe(1);
        (await Describe(new())).KeyPairs!.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deleting_what_is_not_there_succeeds()
    {
        (await _world.AskAsync(Ec2Api.DeleteKeyPair, new() { KeyName = "none" })).Return.ShouldBe(true);
        (await _world.AskAsync(Ec2Api.DeleteKeyPair, new() { KeyPairId = "key-0123456789abcdef0" })).Return.ShouldBe(true);
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.DeleteKeyPair, new()))).Code.ShouldBe("MissingParameter");
    }

    [Fact]
    public async Task A_key_is_deleted_by_id()
    {
        var created = await Create(new() { KeyName = "web", KeyType = "ed25519" });
        (await _world.AskAsync(Ec2Api.DeleteKeyPair, new() { KeyPairId = created.KeyPairId })).KeyPairId.ShouldBe(created.KeyPairId);
        (await Describe(new())).KeyPairs!.ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_that_nothing_has_are_refused()
    {
        var error = await Should.ThrowAsync<AwsException>(() => Describe(new() { KeyNames = ["none"] }));
        (error.Code, error.Message).ShouldBe(("InvalidKeyPair.NotFound", "The key pair 'none' does not exist"));
    }

    [Theory]
    [InlineData(null, "MissingParameter")]
    [InlineData("", "MissingParameter")]
    [InlineData(" web", "InvalidParameterValue")]
    [InlineData("schlüssel", "InvalidParameterValue")]
    public async Task A_name_is_printable_ASCII(string? name, string code) =>
        (await Should.ThrowAsync<AwsException>(() => Create(new() { KeyName = name }))).Code.ShouldBe(code);

    [Fact]
    public async Task A_name_has_at_most_255_characters()
    {
        (await Create(new() { KeyName = new string('k', 255), KeyType = "ed25519" })).KeyName!.Length.ShouldBe(255);
        (await Should.ThrowAsync<AwsException>(() => Create(new() { KeyName = new string('k', 256) }))).Code.ShouldBe("InvalidParameterValue");
    }

    [Fact]
    public async Task Tags_are_given_and_filtered_by()
    {
        await Create(new() { KeyName = "a", KeyType = "ed25519", TagSpecifications = [new TagSpecification { ResourceType = "key-pair", Tags = [new Tag { Key = "team", Value = "x" }] }] });
        await Create(new() { KeyName = "b", KeyType = "ed25519" });
        (await Describe(new() { Filters = [new Filter { Name = "tag:team", Values = ["x"] }] })).KeyPairs!.ShouldHaveSingleItem().KeyName.ShouldBe("a");
        (await Describe(new() { Filters = [new Filter { Name = "key-name", Values = ["*"] }] })).KeyPairs!.Select(pair => pair.KeyName).ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_dry_run_makes_no_key()
    {
        (await Should.ThrowAsync<AwsException>(() => _world.AskAsync(Ec2Api.CreateKeyPair, new() { KeyName = "web" }, Ec2World.CallOf(dryRun: true)))).Code.ShouldBe("DryRunOperation");
        (await Describe(new())).KeyPairs!.ShouldBeEmpty();
    }

    private Task<CreateKeyPairResult> Create(CreateKeyPairRequest input) => _world.AskAsync(Ec2Api.CreateKeyPair, input);

    private Task<DescribeKeyPairsResult> Describe(DescribeKeyPairsRequest input) => _world.AskAsync(Ec2Api.DescribeKeyPairs, input);
}
