using System.Globalization;
using Nines.EndToEnd.Clients;
using Nines.EndToEnd.Clouds;
using Nines.EndToEnd.Host;

namespace Nines.EndToEnd.Servers;

/// <summary>A <c>t3.micro</c> is smaller than a <c>c5.xlarge</c>, for the guest and for the kernel that enforces it.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class TypeTests(RealCloud cloud) : IClassFixture<RealCloud>
{
    /// <summary>The same work for every type: four loops of as many steps, on as many processors as there are.</summary>
    private const string Work = "for p in 1 2 3 4; do (i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done) & done; wait; echo worked";

    [Fact]
    public async Task A_t3_micro_gets_less_of_the_processors_and_the_memory_than_a_c5_xlarge()
    {
        using var small = await ServerUnderTest.LaunchAsync(cloud, "t3.micro", null);
        using var large = await ServerUnderTest.LaunchAsync(cloud, "c5.xlarge", null);
        await GetTheirShareOfProcessorsAsync(small, large);
        await HaveTheirMemoryAsync(small, large);
    }

    private async Task GetTheirShareOfProcessorsAsync(ServerUnderTest small, ServerUnderTest large)
    {
        (await small.SshAsync("nproc")).ShouldBe("2");
        (await large.SshAsync("nproc")).ShouldBe("4");
        var (smallAccount, largeAccount) = (AccountOf(small), AccountOf(large));
        largeAccount.QuotaSeconds.ShouldBe(2 * smallAccount.QuotaSeconds, 0.001);

        // Held to its credits, it has spent the few that it has earned yet in seconds, and then has its baseline alone: a tenth of each of its two processors.
        // Where others keep the machine busy, it takes longer until it once gets all of its share.
        await LetBurstAsync(small, "standard");
        await small.SshAsync("for p in 1 2; do timeout 600 sh -c 'while :; do :; done' >/dev/null 2>&1 & echo $! >>/tmp/busy; done");
        await UntilQuotaAsync(smallAccount, largeAccount.QuotaSeconds / 20);
        await StaysWithinItsShareAsync(smallAccount);

        await LetBurstAsync(small, "unlimited");
        await UntilQuotaAsync(smallAccount, largeAccount.QuotaSeconds / 2);
        await small.SshAsync("kill $(cat /tmp/busy)");

        var largeThrottled = largeAccount.ThrottledPeriods;
        await WorkAsync(large, largeAccount);
        if (System.Environment.ProcessorCount <= 4)
        {
            largeAccount.ThrottledPeriods.ShouldBe(largeThrottled, "its share is more than all of this machine");
        }
    }

    /// <summary>A server that is always busy is stopped at the end of its share, and gets no more.</summary>
    private static async Task StaysWithinItsShareAsync(GroupAccount account)
    {
        const int enough = 20;
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var (used, periods, throttled) = (account.UsedSeconds, account.Periods, account.ThrottledPeriods);
        while (account.ThrottledPeriods < throttled + enough)
        {
            await Task.Delay(100, deadline.Token);
        }

        (account.UsedSeconds - used).ShouldBeLessThan((account.Periods - periods + 2) * account.QuotaSeconds * 1.15);
    }

    private async Task LetBurstAsync(ServerUnderTest server, string credits) =>
        await cloud.Aws.RunAsync("ec2", "modify-instance-credit-specification", "--instance-credit-specification", $"InstanceId={server.Id},CpuCredits={credits}");

    private static async Task UntilQuotaAsync(GroupAccount account, double seconds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (Math.Abs(account.QuotaSeconds - seconds) > 0.001)
        {
            await Task.Delay(100, deadline.Token);
        }
    }

    /// <summary>The guests see it, and their hypervisors can take no more.</summary>
    private async Task HaveTheirMemoryAsync(ServerUnderTest small, ServerUnderTest large)
    {
        (await MemoryMiBAsync(small)).ShouldBeInRange(900, 1024);
        (await MemoryMiBAsync(large)).ShouldBeInRange(7700, 8192);

        var account = AccountOf(small);
        account.MemoryLimitBytes.ShouldBeInRange(1L << 30, 3L << 29);
        AccountOf(large).MemoryLimitBytes.ShouldBeInRange(8L << 30, 17L << 29);

        // What the hypervisor would meet is met here by a program in its group, which is the first to be killed for it.
        var refusals = account.MemoryRefusals;
        const string Hog = "echo $$ >\"$1\" && echo 1000 >/proc/self/oom_score_adj && head -c 3G /dev/zero | tail -c 3G | wc -c";
        var hog = await ClientProcess.RunAsync("sh", ["-c", Hog, "hog", account.MemoryMembers], new Dictionary<string, string>());
        account.MemoryRefusals.ShouldBeGreaterThan(refusals);
        if (File.ReadAllLines("/proc/swaps").Length == 1)
        {
            hog.Output.Trim().ShouldBe("0", "it was killed before it had all that it wanted");
        }

        (await small.SshAsync("echo alive")).ShouldBe("alive");
    }

    private static async Task WorkAsync(ServerUnderTest server, GroupAccount account)
    {
        var (used, periods) = (account.UsedSeconds, account.Periods);
        (await server.SshAsync(Work)).ShouldBe("worked");
        (account.UsedSeconds - used).ShouldBeLessThan((account.Periods - periods + 2) * account.QuotaSeconds * 1.15);
    }

    private static async Task<long> MemoryMiBAsync(ServerUnderTest server) =>
        long.Parse(await server.SshAsync("awk '/MemTotal/ {print $2}' /proc/meminfo"), CultureInfo.InvariantCulture) / 1024;

    private GroupAccount AccountOf(ServerUnderTest server) =>
        new(int.Parse(File.ReadAllText(Path.Combine(cloud.Paths.Run, server.Id + ".pid")), CultureInfo.InvariantCulture));
}
