using System.Diagnostics;
using System.Text;
using Nines.Api.Ec2;
using Nines.Servers;

namespace Nines.Bench;

/// <summary>
/// Launches of Debian with systemd and cloud-init from kept memory, beside a boot of the same image by the same path: until SSH answers, and until
/// cloud-init says on the console that it is done. Needs root.
/// </summary>
internal static class DebianBench
{
    private const string InstanceType = "c5.large";
    private const int Launches = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>The host makes ready what is forked after it was first asked for; a launch before that is not what is measured.</summary>
    private static readonly TimeSpan MakingReady = TimeSpan.FromSeconds(45);

    public static async Task RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        await using var cloud = new InstantCloud();
        await cloud.StartAsync(cancellationToken, image: "debian-12");
        await cloud.DisableAsync(cancellationToken);
        await WriteAsync(output, "a boot", [await LaunchAsync(cloud, cancellationToken)]);
        await cloud.EnableAsync(cancellationToken);
        while (!(await LaunchAsync(cloud, cancellationToken)).FromMemory)
        {
            await Task.Delay(MakingReady, cancellationToken);
        }

        await Task.Delay(MakingReady, cancellationToken);
        var launches = new List<Launch>(Launches);
        while (launches.Count < Launches)
        {
            launches.Add(await LaunchAsync(cloud, cancellationToken));
        }

        await WriteAsync(output, "kept memory", launches);
    }

    private static async Task<Launch> LaunchAsync(InstantCloud cloud, CancellationToken cancellationToken)
    {
        var (id, clock) = await cloud.LaunchSilentAsync(InstanceType, cancellationToken);
        var server = (await cloud.Client.WaitRunningAsync([id], Patience, cancellationToken))[0];
        await SshBanner.WaitAsync(server.PublicIp!, Patience, cancellationToken);
        var banner = clock.Elapsed;
        await InstantCloud.UntilAsync(() => IsDoneAsync(cloud, id, cancellationToken), "cloud-init was not done", cancellationToken, LookInterval);
        var done = clock.Elapsed;
        var fromMemory = (await cloud.MeasureAsync(cancellationToken)).Servers.Any(used => used.Id == id && used.FastLaunched == true);
        await cloud.TerminateAsync([id], cancellationToken);
        return new Launch(banner.TotalSeconds, done.TotalSeconds, fromMemory);
    }

    private static async Task<bool> IsDoneAsync(InstantCloud cloud, string id, CancellationToken cancellationToken)
    {
        var answer = await cloud.Client.CallAsync(Ec2Api.GetConsoleOutput, new GetConsoleOutputRequest { InstanceId = id, Latest = true }, cancellationToken);
        var console = Encoding.UTF8.GetString(Convert.FromBase64String(answer.Output ?? ""));
        return console.Split('\n').Any(line => line.Contains("Cloud-init v.", StringComparison.Ordinal) && line.Contains(" finished at ", StringComparison.Ordinal));
    }

    private static async Task WriteAsync(TextWriter output, string way, IReadOnlyList<Launch> launches)
    {
        await WriteAsync("SSH banner", launch => launch.BannerSeconds);
        await WriteAsync("cloud-init done", launch => launch.DoneSeconds);

        Task WriteAsync(string what, Func<Launch, double> seconds) =>
            output.WriteLineAsync(
                $"{$"RunInstances of debian-12 answered to {what}, {way}",-70} {launches.Select(seconds).Median(),6:0.00} s median, {launches.Max(seconds):0.00} s slowest of {launches.Count}");
    }

    private sealed record Launch(double BannerSeconds, double DoneSeconds, bool FromMemory);
}
