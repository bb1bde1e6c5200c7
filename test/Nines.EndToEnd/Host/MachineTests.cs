using System.Diagnostics;
using System.Globalization;
using System.Text;
using Nines.Host.Api;
using Nines.Host.Processes;

namespace Nines.EndToEnd.Host;

/// <summary>Real machines of the image tiny on a real host. The steps share a machine because every boot takes seconds.</summary>
[Trait("Needs", "root")]
[Collection("more real servers")]
public sealed class MachineTests : IAsyncDisposable
{
    private readonly TestHost _host = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_machine_boots_reboots_stops_grows_crashes_and_leaves_nothing()
    {
        await _host.StartAsync();
        var vm = await _host.AddMachineAsync(1);
        await _host.ApplyAsync();
        var running = await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);
        running.BootGeneration.ShouldBe(1);
        running.Accelerator.ShouldBeOneOf("kvm", "tcg");
        await ShellAsync(vm.Id);
        ShouldRunUnprivilegedWithinLimits(vm);
        await ShouldShowItsScreenAsync(vm);

        await _host.ApplyAsync(vm = vm with { RebootGeneration = 1 });
        await _host.WaitAsync(vm.Id, status => status is { State: VmState.Running, RebootGeneration: 1 });
        var pid = _host.PidOf(vm.Id);
        await _host.RestartAsync();
        var adopted = await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);
        (adopted.BootGeneration, adopted.RebootGeneration, adopted.Accelerator).ShouldBe((1, 1, running.Accelerator));
        _host.PidOf(vm.Id).ShouldBe(pid);

        await ShellAsync(vm.Id);
        await _host.ApplyAsync(vm = vm with { Power = VmPower.Stopped });
        var stopping = Stopwatch.StartNew();
        var ended = await _host.WaitAsync(vm.Id, status => status.State is VmState.Ended);
        ended.EndReason.ShouldBe(VmEndReason.Requested);
        stopping.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(vm.StopTimeoutSeconds), "the guest heeds the power button");
        ProcessTable.Find(pid).ShouldBeNull();

        await RetypeAsync(vm);
    }

    [Fact]
    public async Task A_guest_that_powers_itself_off_is_told_from_a_killed_one()
    {
        await _host.StartAsync();
        var vm = await _host.AddMachineAsync(2);
        await _host.ApplyAsync();
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Running);
        await ShellAsync(vm.Id, "poweroff");
        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Ended)).EndReason.ShouldBe(VmEndReason.GuestShutdown);

        await _host.ApplyAsync(vm = vm with { BootGeneration = 2 });
        await _host.WaitAsync(vm.Id, status => status is { State: VmState.Running, BootGeneration: 2 });
        using (var process = Process.GetProcessById(_host.PidOf(vm.Id)))
        {
            process.Kill();
        }

        (await _host.WaitAsync(vm.Id, status => status.State is VmState.Ended)).EndReason.ShouldBe(VmEndReason.Crashed);
        await _host.ApplyAsync(vm with { Power = VmPower.Terminated });
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Gone);
        Directory.EnumerateFileSystemEntries(Path.Combine(_host.Options.StateDirectory, "machines")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_machine_that_cannot_start_says_why()
    {
        await _host.StartAsync();
        var vm = await _host.AddMachineAsync(3);
        await _host.ApplyAsync(vm with { ImageDigest = new string('0', 64) });

        var ended = await _host.WaitAsync(vm.Id, status => status.State is VmState.Ended);

        ended.EndReason.ShouldBe(VmEndReason.FailedToStart);
        ended.Message.ShouldBe($"Image {new string('0', 64)} is not on this host.");
    }

    /// <summary>Gets a shell on the serial console and runs a command in it.</summary>
    /// <returns>What the shell said from its start.</returns>
    private async Task<string> ShellAsync(string id, string command = "true")
    {
        await _host.WaitForConsoleAsync(id, "accepts SSH", seconds: 120);
        await using var console = await _host.Agent.OpenConsoleAsync(id, Cancellation);
        return await SayAsync(console, command);
    }

    /// <summary>Types the command again and again: what is typed while the guest boots is lost.</summary>
    private static async Task<string> SayAsync(Stream console, string command)
    {
        var said = new StringBuilder();
        var buffer = new byte[4096];
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(90));
        var reading = console.ReadAsync(buffer, deadline.Token).AsTask();
        while (!said.ToString().Contains("end-42", StringComparison.Ordinal))
        {
            await console.WriteAsync(Encoding.UTF8.GetBytes($"\n{command}; echo end-$((40+2))\n"), deadline.Token);
            while (await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(3), deadline.Token)) == reading)
            {
                var count = await reading;
                if (count == 0)
                {
                    return said.ToString();
                }

                said.Append(Encoding.UTF8.GetString(buffer, 0, count));
                reading = console.ReadAsync(buffer, deadline.Token).AsTask();
                if (said.ToString().Contains("end-42", StringComparison.Ordinal))
                {
                    break;
                }
            }

            deadline.Token.ThrowIfCancellationRequested();
        }

        return said.ToString();
    }

    private async Task RetypeAsync(VmSpec vm)
    {
        var large = vm with { Power = VmPower.Running, BootGeneration = 2, InstanceType = "c5.xlarge", VCpus = 4, MemoryMiB = 8192, CpuLimitPercent = 400 };
        await _host.ApplyAsync(large);
        await _host.WaitAsync(vm.Id, status => status is { State: VmState.Running, BootGeneration: 2 });
        var said = await ShellAsync(vm.Id, "nproc; head -n 1 /proc/meminfo; cat /sys/class/dmi/id/product_name");
        said.ShouldContain("\n4\r");
        said.ShouldContain("c5.xlarge");
        var kilobytes = long.Parse(said.Split("MemTotal:")[1].Split("kB")[0], CultureInfo.InvariantCulture);
        kilobytes.ShouldBeInRange(7_500_000, 8_388_608);
        await _host.ApplyAsync(large with { Power = VmPower.Terminated, ForceStop = true });
        await _host.WaitAsync(vm.Id, status => status.State is VmState.Gone);
    }

    private void ShouldRunUnprivilegedWithinLimits(VmSpec vm)
    {
        var status = File.ReadAllLines($"/proc/{_host.PidOf(vm.Id)}/status");
        status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).ShouldNotContain("\t0");
        status.Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal)).ShouldEndWith("0000000000000000");
        status.Single(line => line.StartsWith("Seccomp:", StringComparison.Ordinal)).ShouldEndWith("\t2");
        File.ReadAllText($"/proc/{_host.PidOf(vm.Id)}/cgroup").ShouldContain($"/nines-{_host.Options.Scope}/{vm.Id}");
    }

    private async Task ShouldShowItsScreenAsync(VmSpec vm)
    {
        var picture = await _host.Agent.ScreenshotAsync(vm.Id, Cancellation);
        picture.Span[..8].SequenceEqual<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]).ShouldBeTrue();
    }
}
