using Nines.EndToEnd.Host;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Processes;
using Nines.Host.Vms;

namespace Nines.EndToEnd.Gate;

/// <summary>Machines whose hypervisors are forks of one that stands at the gate.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class ZygoteTests : IAsyncDisposable
{
    private const string Says = "#!/bin/sh\necho $(hostname) has started\n";
    private readonly TestHost _host = new();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_forked_machine_has_its_own_files_and_limits_and_is_reset_and_started_again_like_any_other()
    {
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        var (vm, twin) = (await _host.AddFastMachineAsync(1, Says), await _host.AddFastMachineAsync(2, Says));
        await _host.ApplyAsync();
        foreach (var (machine, name) in new[] { (vm, "ip-172-31-16-4"), (twin, "ip-172-31-16-5") })
        {
            (await _host.WaitAsync(machine.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
            await _host.WaitForConsoleAsync(machine.Id, $"{name} has started");
            var pid = _host.PidOf(machine.Id);
            IsForked(pid).ShouldBeTrue();
            File.ReadAllText($"/proc/{pid}/cgroup").ShouldContain(machine.Id);
            File.ReadAllText($"/proc/{pid}/comm").Trim().ShouldBe(machine.Id[..15]);
            ProcessTable.ArgumentsOf(pid).ShouldNotContain(argument => argument.Contains(GateTag.Prefix, StringComparison.Ordinal), "nothing is the zygote's");
        }

        (await _host.ConsoleAsync(vm.Id)).ShouldNotContain("ip-172-31-16-5");
        await _host.ApplyAsync(vm = vm with { RebootGeneration = 1 });
        await _host.WaitForTextAgainAsync(vm.Id, "accepts SSH", 2);
        (await _host.ConsoleAsync(vm.Id)).ShouldContain($"Machine UUID {QemuCommandLine.UuidOf(vm.Id)}", Case.Sensitive, "the firmware's word after the reset");
        await _host.ApplyAsync(vm = vm with { Power = VmPower.Stopped });
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Ended);
        await _host.ApplyAsync(vm = vm with { Power = VmPower.Running, BootGeneration = 2 });
        await _host.WaitAsync(vm.Id, status => status is { State: VmState.Running, BootGeneration: 2 });
        IsForked(_host.PidOf(vm.Id)).ShouldBeFalse("it boots");
        await _host.WaitForConsoleAsync(vm.Id, "accepts SSH");
        (await _host.ConsoleAsync(vm.Id)).ShouldNotContain("has started", Case.Sensitive, "user data is run once");
    }

    [Fact]
    public async Task Without_its_zygote_a_machine_is_restored_and_there_is_another_zygote_for_the_next()
    {
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        var zygote = Zygotes().ShouldHaveSingleItem();
        ProcessTable.Kill(zygote);
        var vm = await _host.AddFastMachineAsync(1, Says);
        await _host.ApplyAsync();
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
        IsForked(_host.PidOf(vm.Id)).ShouldBeFalse();
        await _host.WaitForConsoleAsync(vm.Id, "has started");

        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        for (var number = 2; ; number++)
        {
            var next = await _host.AddFastMachineAsync(number, Says);
            await _host.ApplyAsync();
            (await _host.WaitAsync(next.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
            if (IsForked(_host.PidOf(next.Id)))
            {
                await _host.WaitForConsoleAsync(next.Id, "has started");
                break;
            }

            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("no new zygote was made");
        }

        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
        await _host.RestartAsync();
        await _host.WaitUntilKeptAsync();
        Zygotes().ShouldHaveSingleItem("that of the agent before ended with it");
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
    }

    [Fact]
    public async Task A_large_guest_that_nobody_asked_for_has_a_zygote_once_it_is_launched_and_one_that_was_asked_for_at_once()
    {
        _host.Options = _host.Options with { UnaskedZygoteBytes = 0 };
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        Zygotes().ShouldBeEmpty();
        var vm = await _host.AddFastMachineAsync(1, Says);
        await _host.ApplyAsync();
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
        IsForked(_host.PidOf(vm.Id)).ShouldBeFalse();
        var deadline = DateTimeOffset.UtcNow.AddSeconds(60);
        while (Zygotes().Count == 0)
        {
            (DateTimeOffset.UtcNow < deadline).ShouldBeTrue("none was made for the next machine");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await _host.RestartAsync();
        await _host.WaitUntilKeptAsync();
        Zygotes().ShouldBeEmpty();
        await _host.KeepTinyAsync(isEnabled: true);
        Zygotes().ShouldHaveSingleItem();
    }

    /// <summary>A machine of its own has the hypervisor make up its generation; a fork has the arguments of its zygote, which was given one.</summary>
    private static bool IsForked(int pid) => !ProcessTable.ArgumentsOf(pid).Contains("vmgenid,guid=auto");

    private IReadOnlyList<ProcessIdentity> Zygotes() =>
    [
        .. Directory.GetDirectories("/proc").Select(Path.GetFileName).Select(name => int.TryParse(name, out var pid) ? pid : 0).Where(pid => pid > 0)
            .Where(pid => ProcessTable.ArgumentsOf(pid) is var arguments && arguments.Any(argument => argument.StartsWith($"guest={GateTag.Prefix}", StringComparison.Ordinal))
                && arguments.Any(argument => argument.Contains(_host.Options.RunDirectory, StringComparison.Ordinal)))
            .Select(ProcessTable.Find).OfType<ProcessIdentity>(),
    ];
}
