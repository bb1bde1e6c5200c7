using Nines.EndToEnd.Host;
using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Gate;

/// <summary>What copies of kept guests have freed goes back to the machine, and is theirs again when they need it.</summary>
[Trait("Needs", "root")]
[Collection("other real servers")]
public sealed class FreedMemoryTests : IAsyncDisposable
{
    private const long MiB = 1 << 20;

    private const string FillsFreesAndFillsAgain = """
        #!/bin/sh
        cd /dev/shm
        yes something of its own | head -c 210000000 >filled; sleep 2
        rm filled && echo "has freed it"
        sleep 10
        for time in $(seq 50); do cat /bin/busybox; done >filled
        [ "$(md5sum <filled)" = "$(for time in $(seq 50); do cat /bin/busybox; done | md5sum)" ] && echo "has what it wrote"
        """;

    private readonly TestHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_copy_gives_back_what_it_has_freed(bool isForked)
    {
        _host.Options = isForked ? _host.Options : _host.Options with { UnaskedZygoteBytes = 0 };
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        var vm = await _host.AddFastMachineAsync(1, FillsFreesAndFillsAgain);
        await _host.ApplyAsync();
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
        var process = ProcessTable.Find(_host.PidOf(vm.Id))!;
        ProcessTable.ArgumentsOf(process.Pid).Contains("vmgenid,guid=auto").ShouldBe(!isForked);

        long most = 0;
        var deadline = DateTimeOffset.UtcNow.AddMinutes(2);
        while (!(await _host.ConsoleAsync(vm.Id)).Contains("has freed it", StringComparison.Ordinal))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("it did not fill its memory");
            most = Math.Max(most, Own(process));
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        most.ShouldBeGreaterThan(200 * MiB);
        deadline = DateTimeOffset.UtcNow.AddMinutes(1);
        while (Own(process) > most - (150 * MiB))
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue($"it held {most / MiB} MiB of its own, and holds {Own(process) / MiB}");
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await _host.WaitForConsoleAsync(vm.Id, "has what it wrote");
        var log = Path.Combine(_host.Options.StateDirectory, "machines", vm.Id, "qemu.log");
        (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    private static long Own(ProcessIdentity process) => ProcessUsage.Of(process)?.OwnBytes ?? 0;
}
