using System.Globalization;
using System.Text;
using Nines.Api.Ec2;
using Nines.Host.Processes;
using Nines.Servers;

namespace Nines.Bench;

/// <summary>
/// Launches of an image from kept memory, beside boots of it by the same path: from the answer of RunInstances to the first word of the guest's SSH daemon, and, where it has cloud-init,
/// until that says on the console that it is done. Needs root.
/// </summary>
internal static class LaunchBench
{
    private const int Launches = 5;

    /// <summary>A type that the host has not kept boots at first, and is restored once: what is forked is made ready after each.</summary>
    private const int MostWarmups = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Between two warm-ups; the host needs its processors for what it makes ready.</summary>
    private static readonly TimeSpan MakingReady = TimeSpan.FromSeconds(10);

    public static Task RunTinyAsync(TextWriter output, CancellationToken cancellationToken) =>
        RunAsync(new Subject("tiny", "t3.micro", HasCloudInit: false), boots: 5, output, cancellationToken);

    public static Task RunDebianAsync(TextWriter output, CancellationToken cancellationToken) =>
        RunAsync(new Subject("debian-12", "c5.large", HasCloudInit: true), boots: 1, output, cancellationToken);

    private static async Task RunAsync(Subject subject, int boots, TextWriter output, CancellationToken cancellationToken)
    {
        await using var cloud = new InstantCloud();
        await cloud.StartAsync(cancellationToken, image: subject.Image);
        await cloud.DisableAsync(cancellationToken);
        await MeasureAsync(cloud, subject, boots, output, cancellationToken);
        await cloud.EnableAsync(cancellationToken);
        for (var warmups = 0; warmups < MostWarmups && (await LaunchAsync(cloud, subject, cancellationToken)).Way != "forked"; warmups++)
        {
            await Task.Delay(MakingReady, cancellationToken);
        }

        await MeasureAsync(cloud, subject, Launches, output, cancellationToken);
    }

    private static async Task MeasureAsync(InstantCloud cloud, Subject subject, int count, TextWriter output, CancellationToken cancellationToken)
    {
        var launches = new List<Launch>(count);
        while (launches.Count < count)
        {
            launches.Add(await LaunchAsync(cloud, subject, cancellationToken));
        }

        var way = string.Join(" or ", launches.Select(launch => launch.Way).Distinct(StringComparer.Ordinal));
        await WriteAsync("SSH banner", launch => launch.BannerSeconds);
        if (subject.HasCloudInit)
        {
            await WriteAsync("cloud-init done", launch => launch.DoneSeconds);
        }

        Task WriteAsync(string what, Func<Launch, double> seconds) =>
            output.WriteLineAsync(
                $"{$"RunInstances of {subject.Image} answered to {what}, {way}",-65} {launches.Select(seconds).Median(),6:0.00} s median, {launches.Max(seconds):0.00} s slowest of {count}");
    }

    private static async Task<Launch> LaunchAsync(InstantCloud cloud, Subject subject, CancellationToken cancellationToken)
    {
        var (id, clock) = await cloud.LaunchSilentAsync(subject.InstanceType, cancellationToken);
        var server = (await cloud.Client.WaitRunningAsync([id], Patience, cancellationToken))[0];
        await SshBanner.WaitAsync(server.PublicIp!, Patience, cancellationToken);
        var banner = clock.Elapsed;
        if (subject.HasCloudInit)
        {
            await InstantCloud.UntilAsync(() => IsDoneAsync(cloud, id, cancellationToken), "cloud-init was not done", cancellationToken, LookInterval);
        }

        var done = clock.Elapsed;
        var used = (await cloud.MeasureAsync(cancellationToken)).Servers.Single(used => used.Id == id);
        var way = used.FastLaunched != true ? "booted" : IsForked(id) ? "forked" : "restored";
        await cloud.TerminateAsync([id], cancellationToken);
        return new Launch(banner.TotalSeconds, done.TotalSeconds, way);
    }

    private static async Task<bool> IsDoneAsync(InstantCloud cloud, string id, CancellationToken cancellationToken)
    {
        var answer = await cloud.Client.CallAsync(Ec2Api.GetConsoleOutput, new GetConsoleOutputRequest { InstanceId = id, Latest = true }, cancellationToken);
        var console = Encoding.UTF8.GetString(Convert.FromBase64String(answer.Output ?? ""));
        return console.Split('\n').Any(line => line.Contains("Cloud-init v.", StringComparison.Ordinal) && line.Contains(" finished at ", StringComparison.Ordinal));
    }

    /// <summary>A hypervisor that loads kept memory itself chooses the generation of its machine; a fork is told it.</summary>
    private static bool IsForked(string id)
    {
        var arguments = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _)).Select(name => ProcessTable.ArgumentsOf(int.Parse(name!, CultureInfo.InvariantCulture)))
            .FirstOrDefault(arguments => arguments.Any(argument => argument.StartsWith($"guest={id},", StringComparison.Ordinal)));
        return arguments is not null && arguments.Any(argument => argument.StartsWith("vmgenid,", StringComparison.Ordinal)) && !arguments.Contains("vmgenid,guid=auto");
    }

    private sealed record Subject(string Image, string InstanceType, bool HasCloudInit);

    private sealed record Launch(double BannerSeconds, double DoneSeconds, string Way);
}
