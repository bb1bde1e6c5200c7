using Nines.Host.Processes;

namespace Nines.Host.Tests.Processes;

public sealed class ProcessUsageTests
{
    [Fact]
    public void What_the_kernel_says_is_read()
    {
        const string Stat = "4711 (qemu (i-1) x86) S 1 4711 4711 0 -1 4194560 90000 0 12 0 250 50 0 0 20 0 6 0 123456 0 0 0";
        string[] smaps =
        [
            "55d0a0000000-7ffd0a000000 ---p 00000000 00:00 0                          [rollup]",
            "Rss:              100000 kB",
            "Pss:               60000 kB",
            "Shared_Clean:      40000 kB",
            "Private_Dirty:     30000 kB",
            "Anonymous:         30000 kB",
            "Swap:               1000 kB",
        ];

        ProcessUsage.Parse(Stat, smaps).ShouldBe(new ProcessUsage(3.0, 31_000L << 10, 70_000L << 10));
    }

    [Fact]
    public void A_process_that_lives_takes_something_and_one_that_is_gone_is_not_told()
    {
        var own = ProcessTable.Find(Environment.ProcessId)!;
        var usage = ProcessUsage.Of(own)!;
        usage.OwnBytes.ShouldBeGreaterThan(1 << 20);
        usage.SharedBytes.ShouldBeGreaterThan(1 << 20);
        usage.ProcessorSeconds.ShouldBeGreaterThan(0);

        ProcessUsage.Of(own with { StartTicks = own.StartTicks - 1 }).ShouldBeNull();
    }

    [Fact]
    public void The_machine_has_memory_and_has_worked()
    {
        MachineMemory.AvailableBytes().ShouldBeInRange(1, MachineMemory.TotalBytes());
        MachineMemory.ProcessorSeconds().ShouldBeGreaterThan(0);
    }
}
