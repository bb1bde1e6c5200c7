using Nines.Api.Ec2;
using Nines.Api.Ec2InstanceConnect;
using Nines.Control.Hosts;
using Nines.Control.Services.Ec2.Encryption;
using Nines.Control.Services.Ec2.KeyPairs;
using Nines.Control.Services.Ec2.Zones;
using Nines.Control.Tests.Services.Ec2.Instances;
using Nines.Host.Api;
using Nines.Wire;
using Instance = Nines.Control.Services.Ec2.Instances.Instance;
using InstanceState = Nines.Control.Services.Ec2.Instances.InstanceState;

namespace Nines.Control.Tests.Services.InstanceConnect;

/// <summary>Keys that let somebody into an instance for a minute.</summary>
public sealed class InstanceConnectTests : IAsyncLifetime
{
    private static readonly string s_key = PublicKey.FromEd25519(new byte[32]).ToOpenSsh("me@laptop");
    private ComputeFixture _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await ComputeFixture.CreateAsync();

    public ValueTask DisposeAsync() => _cloud.DisposeAsync();

    [Fact]
    public async Task A_key_reaches_the_instances_host_with_the_time_when_it_is_over()
    {
        var id = (await _cloud.RunningAsync()).Id;
        var before = TimeProvider.System.GetUtcNow();
        var answer = await SendAsync(id, "admin", s_key + "\n");
        (answer.Success, Guid.TryParse(answer.RequestId, out _)).ShouldBe((true, true));
        var told = Told(id);
        told.Count.ShouldBe(1);
        (told[0].User, told[0].CallerArn, told[0].RequestId).ShouldBe(("admin", $"arn:aws:iam::{ComputeFixture.Account}:root", answer.RequestId));
        told[0].PublicKey.Split(' ')[..2].ShouldBe(s_key.Split(' ')[..2]);
        told[0].ExpiresAt.ShouldBeInRange(before.AddSeconds(60), TimeProvider.System.GetUtcNow().AddSeconds(60));

        // Again: it is one key, for a minute from now. For another user it is another.
        await SendAsync(id, "admin", s_key);
        await SendAsync(id, "root", s_key);
        told = Told(id);
        told.Select(key => key.User).ShouldBe(["admin", "root"]);
    }

    [Fact]
    public async Task A_key_that_is_over_goes_with_the_next()
    {
        var id = (await _cloud.RunningAsync()).Id;
        await _cloud.Cloud.WriteAsync(
            transaction => transaction.Put(Instance.Table, transaction.Find(Instance.Table, ComputeFixture.Account, id)! with
            {
                ActiveSshKeys = [.. Enumerable.Range(0, 31).Select(number => Key(number, seconds: 60)), Key(31, seconds: -1)],
            }),
            CancellationToken.None);
        await SendAsync(id, "admin", s_key);
        _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, id)!.ActiveSshKeys.Select(key => key.User).ShouldNotContain("user31");
        (await RefusalOf(() => SendAsync(id, "root", s_key))).ShouldBe("ThrottlingException");

        static ActiveSshKey Key(int number, int seconds) => new($"user{number}", s_key, TimeProvider.System.GetUtcNow().AddSeconds(seconds), "arn:aws:iam::123456789012:root", "r");
    }

    [Fact]
    public async Task Only_an_account_reaches_its_own_instances_while_they_run()
    {
        var instance = await _cloud.RunningAsync();
        await _cloud.AddOtherAccountAsync();
        (await RefusalOf(() => SendAsync(instance.Id, "admin", s_key, account: ComputeFixture.OtherAccount))).ShouldBe("EC2InstanceNotFoundException");
        (await RefusalOf(() => SendAsync("i-0123456789abcdef0", "admin", s_key))).ShouldBe("EC2InstanceNotFoundException");
        (await RefusalOf(() => SendAsync(instance.Id, "admin", s_key, zone: instance.Zone == "us-east-1a" ? "us-east-1b" : "us-east-1a"))).ShouldBe("EC2InstanceNotFoundException");
        await SendAsync(instance.Id, "admin", s_key, zone: instance.Zone);

        await _cloud.CallAsync(Ec2Api.StopInstances, new StopInstancesRequest { InstanceIds = [instance.Id] });
        await _cloud.UntilAsync(instance.Id, InstanceState.Stopped);
        (await RefusalOf(() => SendAsync(instance.Id, "admin", s_key))).ShouldBe("EC2InstanceStateInvalidException");
    }

    [Fact]
    public async Task An_instance_whose_host_is_away_is_unavailable()
    {
        var id = (await _cloud.RunningAsync()).Id;
        await _cloud.Cloud.WriteAsync(
            transaction => transaction.Put(Instance.Table, transaction.Find(Instance.Table, ComputeFixture.Account, id)! with { HostId = "host-9" }), CancellationToken.None);
        (await RefusalOf(() => SendAsync(id, "admin", s_key))).ShouldBe("EC2InstanceUnavailableException");
    }

    [Theory]
    [InlineData("admin", true)]
    [InlineData("_apt", true)]
    [InlineData("jane.doe@example-1", true)]
    [InlineData("web$", true)]
    [InlineData("007bond", true)]
    [InlineData("", false)]
    [InlineData("7", false)]
    [InlineData("..", false)]
    [InlineData("a/b", false)]
    [InlineData("a b", false)]
    [InlineData("admin\n", false)]
    [InlineData("a23456789012345678901234567890123", false)]
    public async Task A_user_is_what_a_guest_can_call_one(string user, bool isOne)
    {
        // Arguments are looked at before the instance is.
        (await RefusalOf(() => SendAsync("i-0123456789abcdef0", user, s_key))).ShouldBe(isOne ? "EC2InstanceNotFoundException" : "InvalidArgsException");
    }

    [Fact]
    public async Task What_is_no_key_instance_or_zone_is_refused()
    {
        var id = (await _cloud.RunningAsync()).Id;
        foreach (var key in new[] { "ssh-ed25519 AAAA", new string('x', 100), "command=\"id\" " + s_key, s_key + new string(' ', 4096) })
        {
            (await RefusalOf(() => SendAsync(id, "admin", key))).ShouldBe("InvalidArgsException");
        }

        await SendAsync(id, "admin", s_key + "\nssh-ed25519 AAAA another");
        _cloud.Cloud.Find(Instance.Table, ComputeFixture.Account, id)!.ActiveSshKeys.ShouldHaveSingleItem().PublicKey.ShouldNotContain('\n');
        (await RefusalOf(() => SendAsync("i-XYZ", "admin", s_key))).ShouldBe("InvalidArgsException");
        (await RefusalOf(() => SendAsync(id, "admin", s_key, zone: "here"))).ShouldBe("InvalidArgsException");
    }

    private static async Task<string> RefusalOf(Func<Task> call) => (await call.ShouldThrowAsync<AwsException>()).Code;

    private Task<SendSSHPublicKeyResult> SendAsync(string id, string user, string key, string? zone = null, string account = ComputeFixture.Account) => _cloud.CallAsync(
        Ec2InstanceConnectApi.SendSSHPublicKey,
        new SendSSHPublicKeyRequest { InstanceId = id, InstanceOSUser = user, SSHPublicKey = key, AvailabilityZone = zone },
        account);

    /// <summary>What the host is told of the instance's keys.</summary>
    private IReadOnlyList<ActiveSshKey> Told(string id) =>
        new HostComposer(_cloud.Cloud, new ZoneCatalog("us-east-1", 3), new SecurityGroupSpecs(_cloud.Cloud), new VolumeKeys(_cloud.Cloud, _cloud.Kms.DataKeys).Tell, "host-1")
            .Update(new HostChangeSet { Everything = true }).Vms[id].Metadata.ActiveSshKeys;
}
