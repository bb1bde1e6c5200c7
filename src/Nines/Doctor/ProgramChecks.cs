using Nines.Host.Processes;

namespace Nines.Doctor;

/// <summary>The programs that Nines starts: which are there, and in which version.</summary>
internal static class ProgramChecks
{
    private static readonly (string Program, string[] Arguments, string Package, string For)[] Programs =
    [
        ("qemu-system-x86_64", ["--version"], "qemu-system-x86", "virtual machines"),
        ("qemu-img", ["--version"], "qemu-utils", "disks"),
        ("swtpm", ["--version"], "swtpm", "trusted platform modules"),
        ("ip", ["-V"], "iproute2", "networks"),
        ("nft", ["--version"], "nftables", "networks"),
        ("dnsmasq", ["--version"], "dnsmasq-base", "DHCP and DNS"),
        ("mmdebstrap", ["--version"], "mmdebstrap", "building debian-12"),
        ("mkfs.ext4", ["-V"], "e2fsprogs", "building images"),
        ("ssh", ["-V"], "openssh-client", "nines ssh"),
        ("/usr/bin/aws", ["--version"], "awscli", "nines aws"),
    ];

    public static async Task<IReadOnlyList<Finding>> RunAsync(IHostCommands commands, CancellationToken cancellationToken) =>
        await Task.WhenAll(Programs.Select(program => CheckAsync(commands, program, cancellationToken)));

    private static async Task<Finding> CheckAsync(
        IHostCommands commands, (string Program, string[] Arguments, string Package, string For) check, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(check.Program);
        try
        {
            var result = await commands.RunAsync(
                new HostCommand(check.Program, [.. check.Arguments]) { Timeout = TimeSpan.FromSeconds(20) }, cancellationToken);
            var lines = (result.Output + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            return Finding.Good(name, lines.FirstOrDefault() ?? "present");
        }
        catch (HostCommandException)
        {
            return Finding.Bad(name, $"missing: needed for {check.For}", $"apt-get install {check.Package}");
        }
    }
}
