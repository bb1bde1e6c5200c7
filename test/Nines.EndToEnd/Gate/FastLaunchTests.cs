using System.Diagnostics;
using Nines.EndToEnd.Host;
using Nines.Host.Api;
using Nines.Host.Gate;

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

    [Fact]
    public async Task A_copy_has_all_its_disks_before_its_users_program_runs()
    {
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        var vm = _host.AddDisks(await _host.AddFastMachineAsync(1, "#!/bin/sh\necho sizes $(cat /sys/block/vd*/size) end\n"), 1, 3);
        await _host.ApplyAsync();
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
        await _host.WaitForConsoleAsync(vm.Id, $"sizes {2 << 21} {1 << 21} {3 << 21} end");
    }

    [Fact]
    public async Task A_hibernated_machine_goes_on_where_it_was()
    {
        await _host.StartAsync();
        await _host.KeepTinyAsync();
        var vm = await _host.AddFastMachineAsync(2, "#!/bin/sh\n(i=0; while sleep 1; do i=$((i + 1)); echo count $i; done) &\n");
        await _host.ApplyAsync();
        await _host.WaitForConsoleAsync(vm.Id, "count 3");
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();

        await _host.ApplyAsync(vm = vm with { Power = VmPower.Stopped, Hibernate = true });
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Ended)).EndReason.ShouldBe(VmEndReason.Hibernated);
        var counted = LastCount(await _host.ConsoleAsync(vm.Id));
        await _host.RestartAsync();
        await _host.ApplyAsync(vm = vm with { Power = VmPower.Running, Hibernate = false, BootGeneration = 2 });

        await _host.WaitAsync(vm.Id, status => status is { State: VmState.Running, BootGeneration: 2 });
        await _host.WaitForConsoleAsync(vm.Id, $"count {counted + 2}");
        (await _host.ConsoleAsync(vm.Id)).Split("count 1\r\n").Length.ShouldBe(2, "the guest did not boot again");
        Directory.GetFiles(Path.Combine(_host.Options.StateDirectory, "machines", vm.Id)).ShouldNotContain(path => path.Contains("hibernated"));
    }

    [Fact]
    public async Task What_copies_send_does_not_tell_what_others_will_send()
    {
        const int firstPort = 40001, ports = 4;
        const uint fiveSeconds = (uint)(5_000_000_000 / 64); // clocks of guests, and when a packet is seen
        var connect = $"""
            #!/bin/sh
            for port in $(seq {firstPort} {firstPort + ports - 1}) $(seq {firstPort} {firstPort + ports - 1}); do
              echo "$port $port" >/proc/sys/net/ipv4/ip_local_port_range
              nc -w 1 169.254.169.254 81 # nobody is there
            done
            echo own end

            """;
        await _host.StartAsync();
        _host.AddOtherNetwork();
        await _host.KeepTinyAsync();
        using var first = await GuestPackets.OpenAsync(_host.NamespacePathOf(TestHost.VpcId), Cancellation);
        using var other = await GuestPackets.OpenAsync(_host.NamespacePathOf(TestHost.OtherVpcId), Cancellation);
        var vm = await _host.AddFastMachineAsync(1, connect);
        var twin = _host.MoveToOtherNetwork(await _host.AddFastMachineAsync(2, connect), vm);
        await _host.ApplyAsync();
        foreach (var id in new[] { vm.Id, twin.Id })
        {
            (await _host.WaitAsync(id, status => status.State is VmState.Running)).FastLaunched.ShouldBeTrue();
            await _host.WaitForConsoleAsync(id, "own end");
        }

        var elapsed = Stopwatch.StartNew();
        while (first.DhcpTransactions.Count == 0 || other.DhcpTransactions.Count == 0)
        {
            elapsed.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(90), "a copy does not ask for its lease");
            await Task.Delay(100, Cancellation);
        }

        first.DhcpTransactions.Intersect(other.DhcpTransactions).ShouldBeEmpty();

        // The same addresses and ports: with the same secret all sums would be the same, as they are within one guest.
        var (ones, others) = (first.SequenceSecrets, other.SequenceSecrets);
        var all = Enumerable.Range(firstPort, ports).Select(port => (ushort)port).ToArray();
        all.ShouldAllBe(port => ones[port].Count() == 2 && others[port].Count() == 2);
        all.ShouldAllBe(port => Distance(ones[port].First(), ones[port].Last()) < fiveSeconds);
        all.Count(port => Distance(ones[port].First(), others[port].First()) < fiveSeconds).ShouldBeLessThan(ports);
    }

    [Fact]
    public async Task What_is_kept_holds_nothing_of_any_server_and_is_root_s_alone()
    {
        await _host.StartAsync();
        var folder = await _host.KeepTinyAsync();
        byte[][] secrets = [File.ReadAllBytes(Path.Combine(_host.Options.StateDirectory, "metadata-token-key")), "own end"u8.ToArray(), "authorized_keys\0ssh-"u8.ToArray()];
        foreach (var file in Directory.GetFiles(folder))
        {
            using var content = File.OpenHandle(file);
            foreach (var (start, end) in SparseFile.Parts(content))
            {
                var part = new byte[end - start];
                RandomAccess.Read(content, part, start);
                secrets.Where(secret => part.AsSpan().IndexOf(secret) >= 0).ShouldBeEmpty(file);
            }

            (File.GetUnixFileMode(file) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite)).ShouldBe(UnixFileMode.None, file);
        }

        foreach (var file in new[] { "memory", "state" })
        {
            File.GetUnixFileMode(Path.Combine(folder, file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.ReadAllText(Path.Combine(folder, "console.log")).ShouldNotContain("accepts SSH");
    }

    private static uint Distance(uint one, uint other) => Math.Min(one - other, other - one);

    private static int LastCount(string console) =>
        int.Parse(console.Split("count ")[^1].Split('\r', '\n')[0], System.Globalization.CultureInfo.InvariantCulture);
}
