using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Nines.EndToEnd.Host;
using Nines.Host.Api;

namespace Nines.EndToEnd.Gate;

/// <summary>As many copies of a kept guest as a large launch makes, in waves, beside nothing else: they need the whole machine.</summary>
[Trait("Needs", "root")]
[Collection("alone")]
public sealed partial class ManyCopiesTests : IAsyncDisposable
{
    /// <summary>User data that says on the console what a server takes itself to be.</summary>
    private const string SelfDescription = """
        #!/bin/sh
        read -r random </proc/sys/kernel/random/uuid
        echo "own random $random"
        read -r boot </proc/sys/kernel/random/boot_id
        echo "own boot $boot"
        for fact in product_uuid product_serial chassis_asset_tag; do
          read -r value </sys/class/dmi/id/$fact
          echo "own $fact $value"
        done
        read -r mac </sys/class/net/eth0/address
        echo "own mac $mac"
        read -r name </proc/sys/kernel/hostname
        echo "own name $name"
        echo "own end"

        """;

    /// <summary>Enough to keep every processor busy with a guest that makes its key.</summary>
    private const int AskedAtOnce = 8;

    private readonly TestHost _host = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, VmSpec>> _seen = new(StringComparer.Ordinal);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Two_hundred_copies_share_nothing_that_must_be_their_own()
    {
        const int waves = 8;
        const int wave = 25;
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        for (var first = 1; first < waves * wave; first += wave)
        {
            await SeeWaveAsync([.. Enumerable.Range(first, wave)]);
        }

        _seen.Keys.ShouldBe(["random", "boot", "product_uuid", "product_serial", "chassis_asset_tag", "mac", "name", "key"], ignoreOrder: true);
        _seen.ShouldAllBe(values => values.Value.Count == waves * wave);
    }

    /// <summary>Launches copies, sees what each is, and ends them: hundreds that idle take most of a processor from those that do not.</summary>
    private async Task SeeWaveAsync(int[] numbers)
    {
        List<VmSpec> machines = [];
        foreach (var number in numbers)
        {
            machines.Add(await _host.AddFastMachineAsync(number, SelfDescription));
        }

        await _host.ApplyAsync();
        var options = new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = Cancellation };
        await Parallel.ForEachAsync(machines, options, async (vm, cancellation) =>
        {
            (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running, seconds: 600)).FastLaunched.ShouldBeTrue();
            await _host.WaitForConsoleAsync(vm.Id, "own end", seconds: 120);
            foreach (Match said in Own().Matches(await _host.ConsoleAsync(vm.Id)))
            {
                SeeOwn(said.Groups[1].Value, said.Groups[2].Value, vm);
            }

            // Asked from outside: the daemon makes its key for the first who comes.
            SeeOwn("key", await _host.HostKeyAsync(vm, cancellation), vm);
        });
        foreach (var vm in machines)
        {
            _host.Desired = _host.Desired with { Vms = _host.Desired.Vms.SetItem(vm.Id, vm with { Power = VmPower.Stopped, ForceStop = true }) };
        }
    }

    private void SeeOwn(string what, string value, VmSpec vm)
    {
        value.ShouldNotBeEmpty($"{vm.Id} has no {what}");
        _seen.GetOrAdd(what, _ => []).TryAdd(value, vm).ShouldBeTrue($"{vm.Id} has the same {what} as another copy: {value}");
    }

    /// <summary>What a server says of itself; the console's prompt may stand before it on the line.</summary>
    [GeneratedRegex("own (\\w+) ([^\\r\\n]+)")]
    private static partial Regex Own();
}
