using Nines.Host.Api;

namespace Nines.EndToEnd.Host;

/// <summary>A machine's processor share is a limit that holds: by what the kernel counted, whatever else the machine does.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class LimitTests : IAsyncDisposable
{
    private readonly TestHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_machine_gets_no_more_processor_time_than_its_share()
    {
        await _host.StartAsync();
        var vm = await _host.AddMachineAsync(4);
        await _host.ApplyAsync(vm with { CpuLimitPercent = 20 });
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);

        // It boots, which takes all the processor time that it is given; a fifth of a processor is to be had on a busy machine too.
        var account = new GroupAccount(_host.PidOf(vm.Id));
        account.QuotaSeconds.ShouldBe(0.02);
        var (used, periods) = (account.UsedSeconds, account.Periods);
        await _host.WaitAsync(vm.Id, _ => account.Periods >= periods + 40 && account.ThrottledPeriods >= 20);

        (account.UsedSeconds - used).ShouldBeLessThan((account.Periods - periods + 2) * account.QuotaSeconds * 1.3);
    }
}
