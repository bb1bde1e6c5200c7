using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Nines.Host.Api;
using Nines.Host.Networks;
using Nines.Host.Vms.Qmp;
using Nines.Host.Processes;
using Nines.Host.Tests.Vms.Qmp;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class MachineAdaptersTests : IAsyncDisposable
{
    private const string Vm = "i-00000000000000001";
    private const string PrimaryMac = "02:00:00:00:00:00";
    private const string MacA = "02:00:00:00:00:0a";
    private const string MacB = "02:00:00:00:00:0b";
    private static readonly VmInterface s_primary = new("eni-0000000000000000", "vpc-1", PrimaryMac, 0);
    private static readonly VmInterface s_a = new("eni-000000000000000a", "vpc-1", MacA, 1);
    private static readonly VmInterface s_b = new("eni-000000000000000b", "vpc-1", MacB, 2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("adapters");
    private readonly FakeTimeProvider _clock = new();
    private readonly HashSet<string> _waiting = [];
    private readonly SortedDictionary<string, string> _devices = new(StringComparer.Ordinal) { ["nic0"] = PrimaryMac };
    private readonly SortedDictionary<string, string> _backends = new(StringComparer.Ordinal) { ["net0"] = "tap0" };
    private readonly List<string> _commands = [];
    private string _driver = "virtio-net-pci";
    private readonly Dictionary<string, string> _files = [];
    private string _opened = "none";
    private string? _added;
    private readonly FakeMonitor _monitor;
    private readonly MachineAdapters _adapters;
    private readonly QemuMachine _machine;

    public MachineAdaptersTests()
    {
        _adapters = new MachineAdapters(OpenTap, _clock);
        FakeMonitor? monitor = null;
        _monitor = monitor = new FakeMonitor(name => Answer(name, JsonDocument.Parse(monitor!.Received.Last()).RootElement.GetProperty("arguments")));
        var files = new VmFiles(new() { HostId = "host-1", StateDirectory = _folder.FullName, RunDirectory = _folder.FullName, ImagesDirectory = _folder.FullName }, Vm);
        Directory.CreateDirectory(files.RunDirectory);
        File.CreateSymbolicLink(files.MonitorSocket, _monitor.SocketPath);
        _machine = new QemuMachine(files, ProcessTable.Find(Environment.ProcessId)!, TimeProvider.System, _ => { }, () => { });
    }

    public async ValueTask DisposeAsync()
    {
        await _machine.DisposeAsync();
        await _monitor.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_is_so_since_the_last_round_costs_no_question()
    {
        (await RoundAsync(s_primary)).ShouldBeFalse();
        var asked = _monitor.Received.Count;

        (await RoundAsync(s_primary)).ShouldBeFalse();

        _monitor.Received.Count.ShouldBe(asked);
        _adapters.Plugged.All.ShouldBe([PrimaryMac]);
    }

    [Fact]
    public async Task An_adapter_whose_tap_is_there_is_plugged_into_a_port_that_is_free()
    {
        _waiting.Add(s_a.Id);
        (await RoundAsync(s_primary, s_a)).ShouldBeTrue("its rules are not there yet");
        _devices.Keys.ShouldBe(["nic0"]);

        _waiting.Clear();
        (await RoundAsync(s_primary, s_a)).ShouldBeFalse();

        (_devices["nic1"], _backends["net1"]).ShouldBe((MacA, "tap00000000000a"));
        _commands.SkipWhile(command => command != "closefd").Take(3).ShouldBe(["closefd", "netdev_add", "device_add"], "what an attempt before left with the hypervisor would be in the way");
        _adapters.Plugged.All.ShouldBe([PrimaryMac, MacA]);
    }

    [Theory]
    [InlineData("virtio-net-pci")]
    [InlineData("e1000e")]
    public async Task An_adapter_is_of_the_kind_that_the_primary_one_is(string driver)
    {
        _driver = driver;

        await RoundAsync(s_primary, s_a);

        _added.ShouldBe(driver);
    }

    [Fact]
    public async Task No_more_are_plugged_than_there_are_ports()
    {
        (await RoundAsync(s_primary, s_a, s_b)).ShouldBeTrue();

        _devices.Values.ShouldBe([PrimaryMac, MacA]);
    }

    [Fact]
    public async Task An_adapter_goes_when_the_guest_lets_go_and_its_backend_with_it()
    {
        await RoundAsync(s_primary, s_a);
        _commands.Clear();
        (await RoundAsync(s_primary, s_a with { Leaving = true })).ShouldBeTrue();
        (await RoundAsync(s_primary, s_a with { Leaving = true })).ShouldBeTrue();
        _commands.ShouldBe(["device_del"], "it is not asked again at once");
        _adapters.Plugged.Contains(MacA).ShouldBeTrue();

        _devices.Remove("nic1");
        (await RoundAsync(s_primary, s_a with { Leaving = true })).ShouldBeFalse();

        _backends.Keys.ShouldBe(["net0"]);
        _adapters.Plugged.All.ShouldBe([PrimaryMac]);
    }

    [Fact]
    public async Task A_guest_that_does_not_let_go_loses_the_cable_and_is_asked_again()
    {
        await RoundAsync(s_primary, s_a);
        _commands.Clear();
        await RoundAsync(s_primary);
        _clock.Advance(TimeSpan.FromSeconds(6));

        (await RoundAsync(s_primary)).ShouldBeTrue();

        _commands.ShouldBe(["device_del", "netdev_del", "device_del"]);
    }

    [Fact]
    public async Task The_primary_adapter_stays()
    {
        await RoundAsync();

        _commands.ShouldNotContain("device_del");
    }

    [Fact]
    public async Task A_cable_is_pulled_once_and_put_back()
    {
        await RoundAsync(s_primary);
        _commands.Clear();
        await RoundAsync(s_primary with { LinkDown = true });
        await RoundAsync(s_primary with { LinkDown = true });
        await RoundAsync(s_primary);

        _commands.ShouldBe(["set_link nic0 False", "set_link nic0 True"]);
    }

    [Fact]
    public async Task An_adapter_whose_tap_cannot_be_opened_waits()
    {
        _opened = "";

        (await Should.ThrowAsync<QmpException>(() => RoundAsync(s_primary, s_a))).Message.ShouldContain("no tap");

        _devices.Keys.ShouldBe(["nic0"]);
        _opened = "another";
        (await RoundAsync(s_primary, s_a)).ShouldBeFalse();
    }

    private SafeHandle OpenTap(VmInterface adapter)
    {
        if (_opened.Length == 0)
        {
            throw new IOException("no tap");
        }

        _opened = NetworkNames.TapOf(adapter.Id);
        return File.OpenHandle("/dev/null");
    }

    private Task<bool> RoundAsync(params VmInterface[] adapters) =>
        _adapters.ReconcileAsync(_machine, [.. adapters], adapter => !_waiting.Contains(adapter.Id), TestContext.Current.CancellationToken);

    private string Answer(string name, JsonElement arguments)
    {
        const string nothing = "\"return\": {}";
        switch (name)
        {
            case "qmp_capabilities":
                return nothing;
            case "qom-list":
                return $"\"return\": [{string.Join(',', _devices.Keys.Concat(["netport0", "netport1"]).Select(device => $$"""{"name": "{{device}}", "type": "child<{{_driver}}>"}"""))}]";
            case "qom-get":
                return $"\"return\": \"{_devices[Text("path").Split('/')[^1]]}\"";
            case "set_link":
                _commands.Add($"set_link {Text("name")} {arguments.GetProperty("up").GetBoolean()}");
                return nothing;
        }

        if (name == "getfd")
        {
            _files[Text("fdname")] = _opened;
            return nothing;
        }

        _commands.Add(name);
        switch (name)
        {
            case "netdev_add":
                _backends.Add(Text("id"), _files[Text("fd")]);
                return nothing;
            case "netdev_del":
                return _backends.Remove(Text("id")) ? nothing : "\"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"Device 'x' not found\"}";
            case "device_add":
                _devices.Add(Text("id"), Text("mac"));
                _added = Text("driver");
                return nothing;
            default:
                return nothing;
        }

        string Text(string property) => arguments.GetProperty(property).GetString()!;
    }
}
