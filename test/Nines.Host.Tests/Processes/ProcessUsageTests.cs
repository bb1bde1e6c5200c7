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
            "55d0a0000000-55d0b0000000 rw-p 00000000 00:00 0                          [heap]",
            "Rss:               50000 kB",
            "Shared_Dirty:      20000 kB",
            "Private_Clean:      5000 kB",
            "Private_Dirty:     25000 kB",
            "Anonymous:         50000 kB",
            "Swap:               1000 kB",
            "7f0000000000-7f0040000000 rw-p 00000000 00:01 25666                      /memfd:nines-kept (deleted)",
            "Rss:               40000 kB",
            "Private_Clean:         0 kB",
            "Private_Dirty:     40000 kB",
            "Anonymous:          4000 kB",
            "Swap:                  0 kB",
        ];

        // Of the heap a fork has 20,000 too; of the file nobody else has mapped the rest, which is no memory of this process's own.
        ProcessUsage.Parse(Stat, smaps).ShouldBe(new ProcessUsage(3.0, 35_000L << 10, 56_000L << 10, 55_000L << 10));
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
