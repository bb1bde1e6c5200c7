using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Commands;

/// <summary><c>nines reach</c> and <c>nines fault</c> over hosts in memory.</summary>
public sealed class ReachTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly NinesCli _cli;

    public ReachTests() => _cli = new NinesCli(Path.Combine(_folder.Path, "s"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_decides_is_told_and_a_pulled_cable_is_seen()
    {
        (await _cli.RunAsync("up", "--detach", "--port", "0", "--simulated-hosts", "1")).ShouldSucceed();
        try
        {
            var image = (await AwsAsync("ec2", "describe-images", "--filters", "Name=name,Values=tiny", "--query", "Images[0].ImageId"));
            var ids = (await AwsAsync("ec2", "run-instances", "--image-id", image, "--count", "2", "--query", "Instances[].InstanceId")).Split();
            await AwsAsync("ec2", "wait", "instance-running", "--instance-ids", ids[0], ids[1]);

            var within = await _cli.RunAsync("reach", ids[0], ids[1] + ":22");
            (within.ExitCode, within.Output.Contains("members of sg-", StringComparison.Ordinal)).ShouldBe((0, true), within.Output);
            var outside = await _cli.RunAsync("reach", "internet", ids[1] + ":22");
            (outside.ExitCode, outside.Output.Contains("blocked  packet  sg-", StringComparison.Ordinal)).ShouldBe((1, true), outside.Output);
            (await _cli.RunAsync("reach", "--protocol", "icmp", ids[0], "internet")).ExitCode.ShouldBe(0);
            (await _cli.RunAsync("reach", ids[0], "i-0123456789abcdef0:22")).ExitCode.ShouldBe(69);
            (await _cli.RunAsync("reach", ids[0], ids[1])).Errors.ShouldContain("is not a destination and its port");

            var adapter = await AwsAsync("ec2", "describe-instances", "--instance-ids", ids[1], "--query", "Reservations[0].Instances[0].NetworkInterfaces[0].NetworkInterfaceId");
            (await _cli.RunAsync("fault", "link", adapter, "down")).ShouldSucceed();
            var pulled = await _cli.RunAsync("reach", ids[0], ids[1] + ":22");
            (pulled.ExitCode, pulled.Output.Contains($"{adapter}  has its cable out", StringComparison.Ordinal)).ShouldBe((1, true), pulled.Output);

            // A second one beside it carries for it, if the guest bonds them.
            var subnet = await AwsAsync("ec2", "describe-network-interfaces", "--network-interface-ids", adapter, "--query", "NetworkInterfaces[0].SubnetId");
            var second = await AwsAsync("ec2", "create-network-interface", "--subnet-id", subnet, "--query", "NetworkInterface.NetworkInterfaceId");
            await AwsAsync("ec2", "attach-network-interface", "--network-interface-id", second, "--instance-id", ids[1], "--device-index", "1");
            var carried = await _cli.RunAsync("reach", ids[0], ids[1] + ":22");
            (carried.ExitCode, carried.Output.Contains($"{second} carries for it", StringComparison.Ordinal)).ShouldBe((0, true), carried.Output);

            (await _cli.RunAsync("fault", "link", adapter, "up")).ShouldSucceed();
            (await _cli.RunAsync("reach", ids[0], ids[1] + ":22")).ExitCode.ShouldBe(0);
        }
        finally
        {
            await _cli.RunAsync("down", "--purge");
        }
    }

    private async Task<string> AwsAsync(params string[] words) => (await _cli.RunAsync(["aws", .. words, "--output", "text"])).ShouldSucceed().Output.Trim();
}
