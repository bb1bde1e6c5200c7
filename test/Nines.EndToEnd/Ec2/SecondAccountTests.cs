using System.Text.Json.Nodes;
using Nines.Composition;
using Nines.Control.Admin;
using Nines.Control.Identity;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.Wire;
using Nines.Wire.Signing;

namespace Nines.EndToEnd.Ec2;

/// <summary>Two accounts of one cloud, each by the AWS CLI with keys of its own: what they share, hand over, and refuse each other.</summary>
public sealed class SecondAccountTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NinesCli _cli;
    private RootCredentials _partner = null!;
    private AwsCli _ours = null!;
    private AwsCli _theirs = null!;

    public SecondAccountTests() => _cli = new NinesCli(Path.Combine(_folder.Path, "s"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Accounts_share_hand_over_and_refuse()
    {
        (await _cli.RunAsync("up", "--detach", "--port", "0", "--simulated-hosts", "1")).ShouldSucceed();
        try
        {
            await BeginAsync();
            await SnapshotsAreSharedAsync();
            await ImagesAreSharedAsync();
            await AnAddressIsHandedOverAsync();
            await NetworksArePeeredAsync();
        }
        finally
        {
            await _cli.RunAsync("down", "--purge");
        }
    }

    /// <summary>The operator makes an account; its root has a network of its own, sees nothing of the other's, and is no operator.</summary>
    private async Task BeginAsync()
    {
        var told = (await _cli.RunAsync("accounts", "create", "partner")).ShouldSucceed().Output;
        told.ShouldStartWith("[partner]\n");
        var values = told.Split('\n').Select(line => line.Split(" = ", 2)).Where(parts => parts.Length == 2).ToDictionary(parts => parts[0], parts => parts[1]);
        _partner = new RootCredentials(values["aws_account_id"], values["region"], new Credentials(values["aws_access_key_id"], values["aws_secret_access_key"]));
        (await _cli.RunAsync("accounts", "create", "partner")).ExitCode.ShouldBe(1);
        (await _cli.RunAsync("accounts")).ShouldSucceed().Output.ShouldContain(_partner.AccountId);

        var state = new CloudPaths(Path.Combine(_folder.Path, "s"));
        var url = Endpoint.GetRunning(state).Url;
        _ours = new AwsCli(url, ClientEnvironment.For(RootKeys.Read(state)));
        _theirs = new AwsCli(url, ClientEnvironment.For(_partner));
        var vpcs = (await _theirs.RunAsync("ec2", "describe-vpcs"))["Vpcs"]!.AsArray();
        vpcs.ShouldHaveSingleItem()!["OwnerId"]!.ToString().ShouldBe(_partner.AccountId);
        using var client = new AdminClient(new Uri(url), _partner, TimeProvider.System);
        (await Should.ThrowAsync<AwsException>(() => client.StatusAsync(TestContext.Current.CancellationToken))).Code.ShouldBe("AccessDeniedException");
    }

    private async Task SnapshotsAreSharedAsync()
    {
        var volume = Id(await _ours.RunAsync("ec2", "create-volume", "--size", "1", "--availability-zone", "us-east-1a"), "VolumeId");
        var snapshot = Id(await _ours.RunAsync("ec2", "create-snapshot", "--volume-id", volume), "SnapshotId");
        await _ours.RunAsync("ec2", "wait", "snapshot-completed", "--snapshot-ids", snapshot);
        string[] make = ["ec2", "create-volume", "--snapshot-id", snapshot, "--availability-zone", "us-east-1a"];
        (await _theirs.RefusedAsync(make)).Code.ShouldBe("InvalidSnapshot.NotFound");
        (await _theirs.RefusedAsync("ec2", "delete-volume", "--volume-id", volume)).Code.ShouldBe("InvalidVolume.NotFound");

        await _ours.RunAsync("ec2", "modify-snapshot-attribute", "--snapshot-id", snapshot, "--create-volume-permission", $"Add=[{{UserId={_partner.AccountId}}}]");

        var seen = (await _theirs.RunAsync("ec2", "describe-snapshots", "--snapshot-ids", snapshot))["Snapshots"]![0]!;
        seen["OwnerId"]!.ToString().ShouldNotBe(_partner.AccountId);
        await _theirs.RunAsync(make);
        (await _theirs.RefusedAsync("ec2", "delete-snapshot", "--snapshot-id", snapshot)).Code.ShouldBe("AuthFailure");
    }

    private async Task ImagesAreSharedAsync()
    {
        var tiny = Id((await _ours.RunAsync("ec2", "describe-images", "--filters", "Name=name,Values=tiny"))["Images"]![0]!, "ImageId");
        var instance = Id((await _ours.RunAsync("ec2", "run-instances", "--image-id", tiny))["Instances"]![0]!, "InstanceId");
        await _ours.RunAsync("ec2", "wait", "instance-running", "--instance-ids", instance);
        (await _theirs.RefusedAsync("ec2", "terminate-instances", "--instance-ids", instance)).Code.ShouldBe("InvalidInstanceID.NotFound");
        var image = Id(await _ours.RunAsync("ec2", "create-image", "--instance-id", instance, "--name", "ours", "--no-reboot"), "ImageId");
        await _ours.RunAsync("ec2", "wait", "image-available", "--image-ids", image);
        (await _theirs.RefusedAsync("ec2", "run-instances", "--image-id", image)).Code.ShouldBe("InvalidAMIID.NotFound");

        await _ours.RunAsync("ec2", "modify-image-attribute", "--image-id", image, "--launch-permission", $"Add=[{{UserId={_partner.AccountId}}}]");

        var launched = await _theirs.RunAsync("ec2", "run-instances", "--image-id", image);
        launched["OwnerId"]!.ToString().ShouldBe(_partner.AccountId);
        await _theirs.RunAsync("ec2", "wait", "instance-running", "--instance-ids", Id(launched["Instances"]![0]!, "InstanceId"));
        string[] copy = ["ec2", "copy-image", "--source-image-id", image, "--source-region", "us-east-1", "--name", "theirs"];
        (await _theirs.RefusedAsync(copy)).Code.ShouldBe("InvalidRequest", "its disks are not shared with it");
        (await _theirs.RefusedAsync("ec2", "deregister-image", "--image-id", image)).Code.ShouldBe("AuthFailure");

        var disk = (await _ours.RunAsync("ec2", "describe-images", "--image-ids", image))["Images"]![0]!["BlockDeviceMappings"]![0]!["Ebs"]!["SnapshotId"]!.ToString();
        await _ours.RunAsync("ec2", "modify-snapshot-attribute", "--snapshot-id", disk, "--create-volume-permission", $"Add=[{{UserId={_partner.AccountId}}}]");
        await _theirs.RunAsync("ec2", "wait", "image-available", "--image-ids", Id(await _theirs.RunAsync(copy), "ImageId"));
    }

    private async Task AnAddressIsHandedOverAsync()
    {
        var address = await _ours.RunAsync("ec2", "allocate-address");
        var (id, ip) = (Id(address, "AllocationId"), Id(address, "PublicIp"));
        (await _theirs.RefusedAsync("ec2", "accept-address-transfer", "--address", ip)).Code.ShouldBe("InvalidAddress.NotFound");

        await _ours.RunAsync("ec2", "enable-address-transfer", "--allocation-id", id, "--transfer-account-id", _partner.AccountId);
        await _theirs.RunAsync("ec2", "accept-address-transfer", "--address", ip);

        (await _ours.RunAsync("ec2", "describe-addresses", "--filters", $"Name=public-ip,Values={ip}"))["Addresses"]!.AsArray().ShouldBeEmpty();
        var taken = (await _theirs.RunAsync("ec2", "describe-addresses", "--public-ips", ip))["Addresses"]![0]!;
        (await _ours.RefusedAsync("ec2", "release-address", "--allocation-id", Id(taken, "AllocationId"))).Code.ShouldBe("InvalidAllocationID.NotFound");
        await _theirs.RunAsync("ec2", "release-address", "--allocation-id", Id(taken, "AllocationId"));
    }

    private async Task NetworksArePeeredAsync()
    {
        var mine = Id((await _ours.RunAsync("ec2", "create-vpc", "--cidr-block", "10.1.0.0/16"))["Vpc"]!, "VpcId");
        var yours = Id((await _theirs.RunAsync("ec2", "create-vpc", "--cidr-block", "10.2.0.0/16"))["Vpc"]!, "VpcId");
        (await _ours.RefusedAsync("ec2", "delete-vpc", "--vpc-id", yours)).Code.ShouldBe("InvalidVpcID.NotFound");
        var peering = Id(
            (await _ours.RunAsync("ec2", "create-vpc-peering-connection", "--vpc-id", mine, "--peer-vpc-id", yours, "--peer-owner-id", _partner.AccountId))["VpcPeeringConnection"]!,
            "VpcPeeringConnectionId");
        (await _ours.RefusedAsync("ec2", "accept-vpc-peering-connection", "--vpc-peering-connection-id", peering)).Code.ShouldBe("OperationNotPermitted");

        await _theirs.RunAsync("ec2", "accept-vpc-peering-connection", "--vpc-peering-connection-id", peering);

        foreach (var side in new[] { _ours, _theirs })
        {
            var seen = (await side.RunAsync("ec2", "describe-vpc-peering-connections", "--vpc-peering-connection-ids", peering))["VpcPeeringConnections"]![0]!;
            seen["Status"]!["Code"]!.ToString().ShouldBe("active");
            seen["AccepterVpcInfo"]!["OwnerId"]!.ToString().ShouldBe(_partner.AccountId);
        }
    }

    private static string Id(JsonNode answer, string name) => answer[name]!.ToString();
}
