using Microsoft.Extensions.Logging.Abstractions;
using Nines.Composition;
using Nines.Host;

namespace Nines.Doctor;

/// <summary>Which accelerators really boot a guest: a device that opens proves nothing.</summary>
internal static class HypervisorChecks
{
    public static async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        const string Subject = "accelerators";
        if (!Environment.IsPrivilegedProcess)
        {
            return Finding.Notice(Subject, "not tried: starting a guest as its own user needs root", "start with sudo");
        }

        var folder = Directory.CreateTempSubdirectory("nines-doctor-");
        File.SetUnixFileMode(folder.FullName, (UnixFileMode)0b111_001_001); // the hypervisor's user passes through
        try
        {
            var options = new CloudOptions { State = new CloudPaths(Path.Combine(folder.FullName, "s")) };
            await using var host = await RealHost.CreateAsync(options, NullLoggerFactory.Instance, start: false, cancellationToken);
            await host.SetUpAsync(cancellationToken);
            var facts = await host.Host.DescribeAsync(cancellationToken);
            Directory.Delete(options.State.Run, recursive: true);
            return facts.Accelerators switch
            {
                [] => Finding.Bad(Subject, "none boots a guest", "apt-get install qemu-system-x86"),
                ["kvm", ..] => Finding.Good(Subject, string.Join(", ", facts.Accelerators)),
                _ => Finding.Notice(Subject, $"{string.Join(", ", facts.Accelerators)}: servers are emulated, which is slower", KvmRemedy()),
            };
        }
        catch (HostSetupException e)
        {
            return Finding.Bad(Subject, e.Message);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string KvmRemedy() => File.Exists("/dev/kvm")
        ? "/dev/kvm is there but boots no guest: allow nested virtualisation on the machine below"
        : "switch on virtualisation in the firmware, or allow nested virtualisation, so that /dev/kvm appears";
}
