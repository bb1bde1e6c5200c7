using System.Collections.Immutable;
using Microsoft.Extensions.Time.Testing;
using Nines.Host.Api;
using Nines.Host.Simulated;

namespace Nines.Host.Tests.Simulated;

public sealed class SimulatedHostTests : IDisposable
{
    private static readonly VmSpec Vm = Specs.Vm();
    private readonly FakeTimeProvider _time = new();
    private readonly SimulatedHost _host;

    public SimulatedHostTests() => _host = new SimulatedHost(new SimulatedHostOptions { HostId = "host-1" }, _time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_machine_takes_its_states_in_their_time()
    {
        await _host.ApplyAsync(Specs.State(1, Vm), Cancellation);
        (await Status()).State.ShouldBe(VmState.Starting);
        _time.Advance(TimeSpan.FromMilliseconds(499));
        (await Status()).State.ShouldBe(VmState.Starting);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        (await Status()).State.ShouldBe(VmState.Running);

        await _host.ApplyAsync(Specs.State(2, Vm with { Power = VmPower.Stopped }), Cancellation);
        (await Status()).State.ShouldBe(VmState.Stopping);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        var ended = await Status();
        (ended.State, ended.EndReason, ended.BootGeneration).ShouldBe((VmState.Ended, VmEndReason.Requested, 1));

        await _host.ApplyAsync(Specs.State(3, Vm with { BootGeneration = 2 }), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        var running = await Status();
        (running.State, running.BootGeneration).ShouldBe((VmState.Running, 2));

        await _host.ApplyAsync(Specs.State(4, Vm with { BootGeneration = 2, Power = VmPower.Terminated }), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await Status()).State.ShouldBe(VmState.Gone);

        await _host.ApplyAsync(Specs.State(5), Cancellation);
        (await Report()).Vms.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wish_is_answered_even_when_nothing_has_to_be_done_for_it()
    {
        await Run();
        var before = await _host.ReportAsync(0, TimeSpan.Zero, Cancellation);

        // Given and taken back before the host heard of either: who waits for it to be gone hears that it is.
        var leaving = new VmInterface("eni-0123456789abcdef0", "vpc-0123456789abcdef0", "02:00:00:00:00:0f", DeviceIndex: 1, Leaving: true);
        await _host.ApplyAsync(Specs.State(2, Vm with { Interfaces = [leaving] }), Cancellation);
        var after = await _host.ReportAsync(before.Sequence, TimeSpan.Zero, Cancellation);
        after.Full.ShouldBeFalse();
        after.Vms.ShouldHaveSingleItem().Adapters.ShouldBe(before.Vms[0].Adapters);
    }

    [Fact]
    public async Task A_stop_during_boot_is_heard_when_the_guest_can_hear()
    {
        await _host.ApplyAsync(Specs.State(1, Vm), Cancellation);
        await _host.ApplyAsync(Specs.State(2, Vm with { Power = VmPower.Stopped }), Cancellation);

        _time.Advance(TimeSpan.FromSeconds(4));
        (await Status()).State.ShouldBe(VmState.Stopping);
        _time.Advance(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(1));

        (await Status()).EndReason.ShouldBe(VmEndReason.Requested);
    }

    [Fact]
    public async Task A_reboot_is_counted_once()
    {
        await Run();
        await _host.ApplyAsync(Specs.State(2, Vm with { RebootGeneration = 3 }), Cancellation);
        (await Status()).RebootGeneration.ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(1));

        var status = await Status();
        (status.State, status.RebootGeneration).ShouldBe((VmState.Running, 3));
    }

    [Fact]
    public async Task A_crash_is_reported_and_outlives_a_restart_of_the_agent()
    {
        await Run();
        _host.CrashMachine(Vm.Id);
        (await Status()).EndReason.ShouldBe(VmEndReason.Crashed);

        var before = await Report();
        _host.RestartAgent();
        var after = await _host.ReportAsync(before.Sequence, TimeSpan.Zero, Cancellation);

        after.Full.ShouldBeTrue();
        after.AcceptedGeneration.ShouldBe(1);
        after.Vms.Single().EndReason.ShouldBe(VmEndReason.Crashed);
    }

    [Fact]
    public async Task A_guest_that_shuts_itself_down_ends_by_itself()
    {
        await Run();
        _host.ShutDownGuest(Vm.Id);
        (await Status()).EndReason.ShouldBe(VmEndReason.GuestShutdown);
    }

    [Fact]
    public async Task A_machine_left_out_of_the_desired_state_is_left_running()
    {
        await Run();
        await _host.ApplyAsync(Specs.State(2), Cancellation);
        _time.Advance(TimeSpan.FromMinutes(1));

        (await Status()).State.ShouldBe(VmState.Running);
    }

    [Fact]
    public async Task Lost_replies_are_done_and_lost_requests_are_not()
    {
        var faults = new ScriptedFaults(SimulatedFault.LostRequest, SimulatedFault.LostReply);
        using var host = new SimulatedHost(new SimulatedHostOptions { HostId = "host-1" }, _time, faults);

        await Should.ThrowAsync<IOException>(() => host.ApplyAsync(Specs.State(1, Vm), Cancellation));
        (await host.ReportAsync(0, TimeSpan.Zero, Cancellation)).AcceptedGeneration.ShouldBe(0);
        faults.Add(SimulatedFault.LostReply);
        await Should.ThrowAsync<IOException>(() => host.ApplyAsync(Specs.State(1, Vm), Cancellation));
        (await host.ReportAsync(0, TimeSpan.Zero, Cancellation)).AcceptedGeneration.ShouldBe(1);
    }

    [Fact]
    public async Task One_change_among_a_hundred_thousand_machines_is_reported_alone()
    {
        var vms = Enumerable.Range(0, 100_000).Select(number => Specs.Vm($"i-{number:x17}")).ToImmutableDictionary(vm => vm.Id);
        await _host.ApplyAsync(new HostState { Generation = 1, Vms = vms }, Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        var first = await Report();
        first.Vms.Count(vm => vm.State is VmState.Running).ShouldBe(100_000);
        var sequence = first.Sequence;
        for (var generation = 2; generation < 12; generation++)
        {
            var vm = vms[$"i-{generation:x17}"];
            vms = vms.SetItem(vm.Id, vm with { Power = VmPower.Stopped, ForceStop = true });
            await _host.ApplyAsync(new HostState { Generation = generation, Vms = vms }, Cancellation);
            var report = await _host.ReportAsync(sequence, TimeSpan.Zero, Cancellation);
            report.Vms.Select(status => status.Id).ShouldBe([vm.Id]);
            sequence = report.Sequence;
        }
    }

    private async Task Run()
    {
        await _host.ApplyAsync(Specs.State(1, Vm), Cancellation);
        _time.Advance(TimeSpan.FromSeconds(1));
        (await Status()).State.ShouldBe(VmState.Running);
    }

    private Task<HostReport> Report() => _host.ReportAsync(0, TimeSpan.Zero, Cancellation);

    private async Task<VmStatus> Status() => (await Report()).Vms.Single();

    private sealed class ScriptedFaults(params SimulatedFault[] script) : ISimulatedFaults
    {
        private readonly Queue<SimulatedFault> _script = new(script);

        public void Add(SimulatedFault fault) => _script.Enqueue(fault);

        public SimulatedFault At(SimulatedStep at, string? vmId) =>
            at is SimulatedStep.Apply or SimulatedStep.Describe ? _script.TryDequeue(out var fault) ? fault : SimulatedFault.None : SimulatedFault.None;
    }
}
