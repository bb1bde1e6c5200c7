using Nines.EndToEnd.Clouds;

namespace Nines.EndToEnd.Servers;

/// <summary>Servers that start from kept memory, as a user sees them.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class KeptMemoryTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    [Fact]
    public async Task A_server_tells_that_it_came_from_kept_memory_and_shows_a_boot_log_and_what_it_takes()
    {
        await cloud.Boto.RunAsync("""
            import time
            image = ec2.describe_images(Filters=[{'Name': 'name', 'Values': ['tiny']}])['Images'][0]['ImageId']
            ec2.enable_fast_launch(ImageId=image)
            deadline = time.monotonic() + 300
            while [i['State'] for i in ec2.describe_fast_launch_images(ImageIds=[image])['FastLaunchImages']] != ['enabled']:
                assert time.monotonic() < deadline, ec2.describe_fast_launch_images()
                time.sleep(0.2)
            """);

        var run = await cloud.Cli.RunAsync("run", "tiny", "--keep", "--", "true");
        run.ExitCode.ShouldBe(0, run.Errors);
        run.Errors.ShouldContain("launched from kept memory: i-");

        var told = await cloud.Boto.RunAsync("""
            i = [i for r in ec2.describe_instances()['Reservations'] for i in r['Instances'] if i['State']['Name'] == 'running'][0]
            answer = [i['InstanceId'], ec2.get_console_output(InstanceId=i['InstanceId'], Latest=True)['Output']]
            """);
        var (id, console) = (told![0]!.ToString(), told[1]!.ToString());
        console.IndexOf("Booting from", StringComparison.Ordinal).ShouldBeInRange(0, console.IndexOf($"{id} accepts SSH", StringComparison.Ordinal), console);

        var usage = (await cloud.Cli.RunAsync("usage", id)).ShouldSucceed().Output.Split('\n');
        var line = string.Join(' ', usage.Single(line => line.StartsWith(id, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        line.ShouldMatch($@"^{id} t3\.micro running kept memory 2 1024 MiB [1-9][0-9.]* MiB [1-9][0-9.]* MiB [0-9.]+ s [0-9.]+ %$");
        (await cloud.Cli.RunAsync("status")).ShouldSucceed().Output.ShouldMatch(@"instances running from kept memory +1\b");
        await cloud.Aws.RunAsync("ec2", "terminate-instances", "--instance-ids", id);
    }
}
