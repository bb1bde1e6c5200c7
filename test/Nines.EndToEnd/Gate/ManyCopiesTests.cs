using System.Text.RegularExpressions;
using Nines.EndToEnd.Host;
using Nines.Host.Api;

namespace Nines.EndToEnd.Gate;

/// <summary>As many copies of a kept guest as a large launch makes, beside nothing else: they need the whole machine.</summary>
[Trait("Needs", "root")]
[Collection("alone")]
public sealed partial class ManyCopiesTests : IAsyncDisposable
{
    /// <summary>User data that says on the console what a server takes itself to be.</summary>
    private const string SelfDescription = """
        #!/bin/sh
        echo "own random $(head -c 16 /dev/urandom | od -An -tx1 | tr -d ' ')"
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

    private readonly TestHost _host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Two_hundred_copies_share_nothing_that_must_be_their_own()
    {
        const int count = 200;
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        List<VmSpec> machines = [];
        for (var number = 1; number <= count; number++)
        {
            machines.Add(await _host.AddFastMachineAsync(number, SelfDescription));
        }

        await _host.ApplyAsync();
        var seen = new Dictionary<string, HashSet<string>>();
        foreach (var vm in machines)
        {
            (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running, seconds: 600)).FastLaunched.ShouldBeTrue();
            await _host.WaitForConsoleAsync(vm.Id, "own end", seconds: 120);
            foreach (Match said in Own().Matches(await _host.ConsoleAsync(vm.Id)))
            {
                SeeOwn(said.Groups[1].Value, said.Groups[2].Value, vm);
            }

            // Asked from outside: the daemon makes its key for the first who comes.
            SeeOwn("key", await _host.HostKeyAsync(vm, Cancellation), vm);
        }

        seen.Keys.ShouldBe(["random", "boot", "product_uuid", "product_serial", "chassis_asset_tag", "mac", "name", "key"], ignoreOrder: true);
        seen.ShouldAllBe(values => values.Value.Count == count);

        void SeeOwn(string what, string value, VmSpec vm)
        {
            value.ShouldNotBeEmpty($"{vm.Id} has no {what}");
            seen.TryAdd(what, []);
            seen[what].Add(value).ShouldBeTrue($"{vm.Id} has the same {what} as another copy: {value}");
        }
    }

    /// <summary>What a server says of itself; the console's prompt may stand before it on the line.</summary>
    [GeneratedRegex("own (\\w+) ([^\\r\\n]+)")]
    private static partial Regex Own();
}
