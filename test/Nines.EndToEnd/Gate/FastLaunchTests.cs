using Nines.EndToEnd.Host;
using Nines.Host.Api;

namespace Nines.EndToEnd.Gate;

/// <summary>Machines that start as copies of a kept guest, on a real host.</summary>
[Trait("Needs", "root")]
[Collection("real servers")]
public sealed class FastLaunchTests : IAsyncDisposable
{
    private readonly TestHost _host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_machine_starts_as_a_copy_of_a_kept_guest_and_goes_on_like_any_other()
    {
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        var vm = await _host.AddFastMachineAsync(1, "#!/bin/sh\necho user data of $(hostname)\n");
        await _host.ApplyAsync();
        var running = await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);
        running.FastLaunched.ShouldBeTrue();
        await _host.WaitForConsoleAsync(vm.Id, "user data of ip-172-31-16-4");
        await _host.WaitForConsoleAsync(vm.Id, "accepts SSH");
    }
}
