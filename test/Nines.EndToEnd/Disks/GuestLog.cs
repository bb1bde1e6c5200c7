using System.Globalization;
using Nines.EndToEnd.Servers;

namespace Nines.EndToEnd.Disks;

/// <summary>A guest that writes numbers to its disk without end, and tells each once it is there, in a place that is no disk.</summary>
internal sealed class GuestLog(ServerUnderTest server)
{
    private const string Writer = """
        #!/bin/sh
        number=0
        while number=$((number + 1)); do
          echo $number >>/root/log && sync && echo $number >/dev/shm/next && mv /dev/shm/next /dev/shm/told || echo $number >>/dev/shm/failed
        done
        """;

    public Task StartAsync() => server.SshAsRootAsync(
        $"mkdir -p /dev/shm; cat >/root/writer <<'END'\n{Writer}\nEND\nchmod +x /root/writer; setsid /root/writer </dev/null >/dev/null 2>&1 &");

    /// <summary>Until the guest has told one more number.</summary>
    /// <returns>The last number that it told.</returns>
    public async Task<int> GoesOnAsync()
    {
        var told = int.Parse(await server.SshAsRootAsync("cat /dev/shm/told"), CultureInfo.InvariantCulture);
        var now = told;
        await server.EventuallyAsync("cat /dev/shm/told", said => int.TryParse(said, CultureInfo.InvariantCulture, out now) && now > told);
        return now;
    }

    /// <summary>The guest has seen no disk fail.</summary>
    public async Task ShouldHaveNoticedNothingAsync() =>
        (await server.SshAsRootAsync("cat /dev/shm/failed 2>/dev/null; dmesg | grep -c -i 'i/o error' || true")).ShouldBe("0");

    /// <summary>Every number is on the disk, up to one that was told at least.</summary>
    public async Task ShouldHoldAsync(int told)
    {
        var log = (await server.SshAsRootAsync("cat /root/log")).Split('\n').Select(line => int.Parse(line, CultureInfo.InvariantCulture)).ToList();
        log.ShouldBe(Enumerable.Range(1, log.Count));
        log.Count.ShouldBeGreaterThanOrEqualTo(told, "what was told is there");
    }
}
