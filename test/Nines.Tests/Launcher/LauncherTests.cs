namespace Nines.Tests.Launcher;

/// <summary>The launcher on machines where something is missing.</summary>
public sealed class LauncherTests : IDisposable
{
    private const string AllPackages = "qemu-system-x86 qemu-utils ovmf swtpm nftables iproute2 dnsmasq-base e2fsprogs cpio zstd xz-utils openssh-client mmdebstrap util-linux";
    private readonly FreshMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task It_installs_what_is_missing_once_builds_once_and_starts()
    {
        var first = await _machine.StartAsync(asRoot: true, "NINES_YES=1 APT_HAS_SDK=1", "run", "tiny", "--", "uname", "-r");
        first.ShouldSatisfy("started: run tiny -- uname -r\n");
        first.Errors.ShouldContain($"nines: installing with apt: {AllPackages}\n");
        first.Errors.ShouldContain("nines: installing with apt: dotnet-sdk-10.0\n");
        _machine.Calls.Count(call => call == "dotnet publish").ShouldBe(1);

        var calls = _machine.Calls.Length;
        var second = await _machine.StartAsync(asRoot: true, "", "run", "tiny");
        second.ShouldSatisfy("started: run tiny\n");
        second.Errors.ShouldBeEmpty();
        _machine.Calls.Length.ShouldBe(calls, "a second start only checks");
    }

    [Fact]
    public async Task A_missing_SDK_is_not_installed_unasked()
    {
        var result = await _machine.StartAsync(asRoot: true, "APT_HAS_SDK=1", "status");
        result.ExitCode.ShouldBe(69);
        result.Errors.ShouldBe("nines: the .NET 10 SDK is missing: install dotnet-sdk-10.0, or start again with NINES_YES=1 and it is installed for you\n");
        _machine.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_no_package_brings_the_SDK_and_its_script_cannot_be_reached_the_last_line_says_so()
    {
        _machine.AddOfflineCurl();
        var result = await _machine.StartAsync(asRoot: true, "NINES_YES=1", "status");
        result.ExitCode.ShouldBe(69);
        result.Errors.TrimEnd().Split('\n')[^1]
            .ShouldBe("nines: Microsoft's install script could not be fetched; install the .NET 10 SDK by hand and start again");
    }

    [Fact]
    public async Task Without_root_and_sudo_it_says_exactly_what_is_missing_and_changes_nothing()
    {
        _machine.AddSystemTools("nft", "ip", "dnsmasq", "mkfs.ext4");
        var result = await _machine.StartAsync(asRoot: false, "NINES_YES=1 APT_HAS_SDK=1", "run", "tiny");
        result.ExitCode.ShouldBe(69);
        result.Errors.ShouldBe(
            "nines: the .NET 10 SDK is missing too\n" +
            "nines: these packages are missing, and there is no sudo; install them as root and start again: " +
            "apt-get install qemu-system-x86 qemu-utils ovmf swtpm cpio zstd xz-utils openssh-client mmdebstrap util-linux\n");
        _machine.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_root_it_installs_by_sudo()
    {
        _machine.AddSudo();
        var result = await _machine.StartAsync(asRoot: false, "NINES_YES=1 APT_HAS_SDK=1", "status");
        result.ShouldSatisfy("started: status\n");
        _machine.Calls[0].ShouldStartWith("sudo env DEBIAN_FRONTEND=noninteractive apt-get");
        _machine.Calls.ShouldNotContain(call => call.Contains("qemu", StringComparison.Ordinal), "status boots nothing");
    }

    [Fact]
    public async Task What_apt_said_is_shown_when_it_fails()
    {
        var result = await _machine.StartAsync(asRoot: true, "APT_FAILS=1", "up");
        result.ExitCode.ShouldBe(69);
        result.Errors.ShouldContain("E: no such package\n");
        result.Errors.TrimEnd().Split('\n')[^1].ShouldStartWith($"nines: apt could not install {AllPackages} (all of its output is in ");
    }

    [Theory]
    [InlineData("up", "--simulated-hosts", "1")]
    [InlineData("up", "--simulated-hosts=1", "--detach")]
    [InlineData("run", "--help", "tiny")]
    public async Task What_boots_nothing_needs_no_hypervisor(params string[] arguments)
    {
        var result = await _machine.StartAsync(asRoot: true, "NINES_YES=1 APT_HAS_SDK=1", arguments);
        result.ShouldSatisfy($"started: {string.Join(' ', arguments)}\n");
        _machine.Calls.ShouldNotContain(call => call.Contains("qemu", StringComparison.Ordinal));
    }
}

internal static class LaunchResult
{
    public static void ShouldSatisfy(this (int ExitCode, string Output, string Errors) result, string output)
    {
        result.ExitCode.ShouldBe(0, result.Errors);
        result.Output.ShouldBe(output);
    }
}
