using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Ec2;

/// <summary>EC2 Instance Connect as the AWS CLI calls it; that its keys let in is shown by <see cref="Servers.DebianTests"/>.</summary>
public sealed class InstanceConnectTests(SimulatedCloud cloud)
{
    [Fact]
    [Covers("ec2instanceconnect", "SendSSHPublicKey")]
    public async Task A_key_is_sent_to_an_instance_that_runs_and_to_no_other()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "key");
        (await ClientProcess.RunAsync("ssh-keygen", ["-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", file], new Dictionary<string, string>())).ShouldSucceed();
        var image = (await cloud.Aws.RunAsync("ec2", "describe-images", "--filters", "Name=name,Values=tiny"))["Images"]![0]!["ImageId"]!.ToString();
        var instance = (await cloud.Aws.RunAsync("ec2", "run-instances", "--image-id", image))["Instances"]![0]!;
        var (id, zone) = (instance["InstanceId"]!.ToString(), instance["Placement"]!["AvailabilityZone"]!.ToString());
        await cloud.Aws.RunAsync("ec2", "wait", "instance-running", "--instance-ids", id);
        string[] send = ["ec2-instance-connect", "send-ssh-public-key", "--instance-os-user", "ec2-user", "--ssh-public-key", $"file://{file}.pub", "--instance-id"];

        var sent = await cloud.Aws.RunAsync([.. send, id, "--availability-zone", zone]);

        (sent["Success"]!.GetValue<bool>(), Guid.TryParse(sent["RequestId"]!.ToString(), out _)).ShouldBe((true, true));
        (await cloud.Aws.RefusedAsync([.. send, id, "--availability-zone", "us-east-1z"])).Code.ShouldBe("EC2InstanceNotFoundException");
        (await cloud.Aws.RefusedAsync([.. send, "i-0123456789abcdef0"])).Code.ShouldBe("EC2InstanceNotFoundException");
        (await cloud.Aws.RefusedAsync([.. send, "i-0123456789abcdeg0"])).Code.ShouldBe("InvalidArgsException");
        await cloud.Aws.RunAsync("ec2", "terminate-instances", "--instance-ids", id);
        await cloud.Aws.RunAsync("ec2", "wait", "instance-terminated", "--instance-ids", id);
        (await cloud.Aws.RefusedAsync([.. send, id])).Code.ShouldBe("EC2InstanceStateInvalidException");
    }
}
