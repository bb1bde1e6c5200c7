using System.Diagnostics;
using System.Globalization;
using Nines.Host.Api;

namespace Nines.EndToEnd.Host;

/// <summary>A type's processor share and memory are limits that hold.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class LimitTests : IAsyncDisposable
{
    private readonly TestHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_type_gets_no_more_processor_time_than_its_share()
    {
        await _host.StartAsync();
        var small = await _host.AddMachineAsync(4);
        var large = (await _host.AddMachineAsync(5)) with { InstanceType = "c5.xlarge", VCpus = 4, MemoryMiB = 8192, CpuLimitPercent = 60 };
        await _host.ApplyAsync(small with { CpuLimitPercent = 20 });
        await _host.ApplyAsync(large);
        await _host.WaitAsync(small.Id, status => status.State is VmState.Running);
        await _host.WaitAsync(large.Id, status => status.State is VmState.Running);

        // Both boot, which takes all the processor time that they are given; on a busy machine that is less than their share.
        var (smallStart, largeStart) = (TicksOf(small.Id), TicksOf(large.Id));
        var elapsed = Stopwatch.StartNew();
        await Task.Delay(TimeSpan.FromSeconds(4), TestContext.Current.CancellationToken);
        var seconds = elapsed.Elapsed.TotalSeconds;
        var smallPercent = (TicksOf(small.Id) - smallStart) / seconds;
        var largePercent = (TicksOf(large.Id) - largeStart) / seconds;

        smallPercent.ShouldBeLessThan(30);
        largePercent.ShouldBeLessThan(75);
    }

    /// <summary>Processor time of a machine in hundredths of a second: 100 in a second are one whole processor (proc_pid_stat(5), fields 14 and 15).</summary>
    private double TicksOf(string id)
    {
        var stat = File.ReadAllText($"/proc/{_host.PidOf(id)}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
