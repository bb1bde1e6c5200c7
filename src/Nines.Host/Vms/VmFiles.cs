using Nines.Host.Api;

namespace Nines.Host.Vms;

/// <summary>
/// Where the things of one machine lie. What the hypervisor's user may replace is apart from what the agent trusts: it owns
/// files in a folder of root's, and one folder for its sockets.
/// </summary>
/// <param name="Options">Where the host keeps its things.</param>
/// <param name="Id">The machine.</param>
internal sealed record VmFiles(HostOptions Options, string Id)
{
    /// <summary>Folder of all machines' lasting files.</summary>
    public static string AllOf(HostOptions options) => Path.Combine(options.StateDirectory, "machines");

    /// <summary>Lasting files: root's.</summary>
    public string Directory => Path.Combine(AllOf(Options), Id);

    /// <summary>What the agent remembers.</summary>
    public string Record => Path.Combine(Directory, "record.json");

    /// <summary>What the serial console has said; the hypervisor appends.</summary>
    public string ConsoleLog => Path.Combine(Directory, "console.log");

    /// <summary>What the hypervisor itself has said.</summary>
    public string QemuLog => Path.Combine(Directory, "qemu.log");

    /// <summary>Memory and devices of a hibernated machine; there only when it is whole.</summary>
    public string HibernatedState => Path.Combine(Directory, "hibernated");

    /// <summary>UEFI variables of the machine.</summary>
    public string UefiVariables => Path.Combine(Directory, "uefi-vars.fd");

    /// <summary>The password that the guest has said, encrypted.</summary>
    public string Password => Path.Combine(Directory, "password");

    /// <summary>What the machine's TPM keeps: a folder of the hypervisor's user.</summary>
    public string TpmState => Path.Combine(Directory, "tpm");

    /// <summary>Public area of an endorsement key of the machine's TPM.</summary>
    public string TpmKey(TpmKeyType type) => Path.Combine(Directory, type is TpmKeyType.Rsa2048 ? "tpm-rsa-2048" : "tpm-ecc-sec-p384");

    /// <summary>Passing files that the hypervisor's user owns.</summary>
    public string RunDirectory => Path.Combine(Options.RunDirectory, Id);

    /// <summary>Number of the process, written by root before it becomes the hypervisor.</summary>
    public string PidFile => Path.Combine(Options.RunDirectory, Id + ".pid");

    /// <summary>Number of the process that is the machine's TPM.</summary>
    public string TpmPidFile => Path.Combine(Options.RunDirectory, Id + ".tpm.pid");

    /// <summary>Where the hypervisor finds the machine's TPM.</summary>
    public string TpmSocket => Path.Combine(RunDirectory, "tpm");

    /// <summary>Where a TPM takes commands from the agent, before there is a hypervisor.</summary>
    public string TpmCommandSocket => Path.Combine(RunDirectory, "tpm-commands");

    /// <summary>The hypervisor's monitor.</summary>
    public string MonitorSocket => Path.Combine(RunDirectory, "qmp");

    /// <summary>Where the hypervisor lends its disks to be compared.</summary>
    public string ScrubSocket => Path.Combine(RunDirectory, "scrub");

    /// <summary>Where the hypervisor lends its disks to be copied.</summary>
    public string LendSocket => Path.Combine(RunDirectory, "lend");

    /// <summary>Where the copies of all disks are taken by who writes them: root's.</summary>
    public string CopyFolder => Path.Combine(Options.RunDirectory, "copies");

    /// <summary>The port that a guest waits at before it has an identity.</summary>
    public string GateSocket => Path.Combine(RunDirectory, "gate");

    /// <summary>Where the state of a machine's devices goes out or comes in.</summary>
    public string MigrationSocket => Path.Combine(RunDirectory, "move");

    /// <summary>The serial console.</summary>
    public string ConsoleSocket => Path.Combine(RunDirectory, "console");

    /// <summary>Where the hypervisor writes pictures of the screen.</summary>
    public string Screenshot => Path.Combine(RunDirectory, "screen.png");
}
