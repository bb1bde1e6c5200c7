using System.Text;
using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Host;

/// <summary>A host whose disk is full stops its guests' writes and lets them go on when there is space again.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class DiskFullTests : IAsyncDisposable
{
    private readonly TestHost _host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _host.Agent.PurgeAsync(CancellationToken.None);
        await _host.Commands.RunAsync(new("umount", "--lazy", Volumes), CancellationToken.None);
        await _host.DisposeAsync();
    }

    private string Volumes => Path.Combine(_host.Options.StateDirectory, "volumes");

    [Fact]
    public async Task A_guest_waits_for_space_and_goes_on()
    {
        Directory.CreateDirectory(Volumes);
        await MountAsync("size=48m,mode=711");
        await _host.StartAsync();
        var vm = await _host.AddMachineAsync(7);
        await _host.ApplyAsync();
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);
        await _host.WaitForConsoleAsync(vm.Id, "accepts SSH", seconds: 120);
        await using var console = await _host.Agent.OpenConsoleAsync(vm.Id, Cancellation);
        await console.WriteAsync(Encoding.UTF8.GetBytes("\n\ndd if=/dev/urandom of=/var/tmp/x bs=1M count=100 && sync && echo written-$((40+2))\n"), Cancellation);

        var full = await _host.WaitAsync(vm.Id, status => status.Message is not null);
        full.State.ShouldBe(VmState.Running);
        full.Message.ShouldBe("The host's disk is full; the machine waits for space.");

        await MountAsync("remount,size=512m");
        await _host.WaitForConsoleAsync(vm.Id, "written-42", seconds: 120);
        await _host.WaitAsync(vm.Id, status => status.Message is null);
    }

    private Task MountAsync(string options) =>
        _host.Commands.RunAsync(new HostCommand("mount", "-t", "tmpfs", "-o", options, "nines-test", Volumes), Cancellation);
}
