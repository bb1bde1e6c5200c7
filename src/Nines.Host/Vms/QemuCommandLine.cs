using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Nines.Host.Api;
using Nines.Host.Gate;
using Nines.Host.Images;
using Nines.Host.Mirrors;

namespace Nines.Host.Vms;

/// <summary>Makes a machine's hypervisor arguments (qemu-system-x86_64(1)). Pure.</summary>
internal static class QemuCommandLine
{
    /// <summary>Bytes of a disk's serial number that virtio-blk shows to a guest.</summary>
    private const int MaxSerialCharacters = 20;

    /// <summary>Ports for disks that every machine has: one for its root and others for what is plugged in while it runs.</summary>
    public const int DiskPorts = 9;

    /// <summary>
    /// Ports for adapters: as many as any type of the machine's size has interfaces on AWS. Each costs a guest and its hypervisor some
    /// memory, of which a small machine has none to spare.
    /// </summary>
    public static int AdapterPorts(int vCpus, int memoryMiB) => vCpus >= 16 ? 8 : memoryMiB <= 1024 ? 2 : 4;

    /// <summary>UEFI firmware of the distribution's package ovmf.</summary>
    public const string UefiCode = "/usr/share/OVMF/OVMF_CODE_4M.fd";

    /// <summary>What a machine's UEFI variables start as.</summary>
    public const string UefiVariablesTemplate = "/usr/share/OVMF/OVMF_VARS_4M.fd";

    /// <summary>
    /// What a guest with Windows is told that it need not do, or can ask the hypervisor for, as it would of Hyper-V (QEMU manual: Hyper-V Enlightenments): clocks and
    /// timers that cost no exit, waits and shootdowns that know of processors that do not run. All but those that the manual says are not for use, or that tie the
    /// guest to its host's processor. A kernel may be built without them, and then nothing starts with them.
    /// </summary>
    public const string HyperV =
        "hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,hv-vpindex=on,hv-runtime=on,hv-time=on,hv-frequencies=on,hv-synic=on,hv-stimer=on,hv-stimer-direct=on,hv-tlbflush=on,hv-ipi=on";

    /// <summary>The arguments, without the program's name.</summary>
    public static ImmutableArray<string> Arguments(VmLaunch launch)
    {
        var line = ImmutableArray.CreateBuilder<string>();
        AddBasics(line, launch);
        AddIdentity(line, launch);
        AddBoot(line, launch);
        AddControl(line, launch);
        AddDisks(line, launch);
        AddAdapters(line, launch);
        return line.ToImmutable();
    }

    /// <summary>The machine's UUID: begins with <c>ec2</c>, as on AWS, and is the same for every boot.</summary>
    public static string UuidOf(string vmId)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(vmId)));
        return $"ec2{hash[..5]}-{hash[5..9]}-4{hash[9..12]}-a{hash[12..15]}-{hash[15..27]}";
    }

    /// <summary>The hypervisor's name for the kind of adapter; the emulated one is Intel's 82574L.</summary>
    public static string AdapterDriver(DeviceModel devices) => devices is DeviceModel.Virtio ? "virtio-net-pci" : "e1000e";

    /// <summary>The adapter at a port for adapters.</summary>
    public static string AdapterId(int port) => Text($"nic{port}");

    /// <summary>The tap that the adapter at a port speaks by.</summary>
    public static string AdapterBackend(int port) => Text($"net{port}");

    /// <summary>A port for an adapter; the primary one's is 0.</summary>
    public static string AdapterPort(int port) => Text($"netport{port}");

    /// <summary>The block node that is a volume's disk.</summary>
    public static string NodeOf(string volumeId) => volumeId;

    /// <summary>The block node that is a volume's file.</summary>
    public static string FileNodeOf(string volumeId) => $"file-{volumeId}";

    /// <summary>The device at a port for disks.</summary>
    public static string DiskId(int port) => Text($"disk{port}");

    /// <summary>A port for a disk; there are <see cref="DiskPorts"/>, counted from 0, the root's.</summary>
    public static string DiskPort(int port) => Text($"diskport{port}");

    private static void AddBasics(ImmutableArray<string>.Builder line, VmLaunch launch)
    {
        var spec = launch.Spec;
        line.AddRange("-name", $"guest={spec.Id},process={spec.Id},debug-threads=on");
        line.AddRange("-nodefaults", "-no-user-config", "-display", "none");

        // No fork, no new privileges, no other processors or priorities (seccomp).
        line.AddRange("-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        var windows = launch.Image.Manifest.Platform is GuestPlatform.Windows;
        line.AddRange("-machine", "q35,usb=off,vmport=off,graphics=off,dump-guest-core=off" + (windows ? ",hpet=off" : "") + (launch.Memory is null ? "" : ",memory-backend=memory"));

        var kvm = launch.Accelerator == "kvm";
        line.AddRange("-accel", kvm ? "kvm" : Text($"tcg,thread=multi,tb-size={TranslationCacheMiB(launch)}"), "-cpu", kvm ? windows && launch.HasHyperV ? $"host,{HyperV}" : "host" : EmulatedProcessor(launch));
        line.AddRange("-smp", Text($"{spec.VCpus}"), "-m", Text($"{spec.MemoryMiB}"));
        AddMemory(line, launch);

        // A guest that is down waits for the agent: without it, a shutdown that happens while the agent is away would look like a crash.
        line.AddRange("-no-shutdown", "-action", "panic=none,reboot=reset,watchdog=reset");
        line.AddRange("-rtc", "base=utc,driftfix=slew");
    }

    /// <summary>
    /// Translated code is kept in a cache that is touched as it fills. QEMU's default is a gigabyte, a small machine shall be small,
    /// and a large one has more programs to keep translated; an image may know better. It must fit what a machine may use beside its memory.
    /// </summary>
    private static int TranslationCacheMiB(VmLaunch launch) =>
        launch.Image.Manifest.TranslationCacheMiB ?? Math.Clamp(launch.Spec.MemoryMiB / 16, 32, 192);

    /// <summary>
    /// An emulated processor's own random numbers come of a generator in the hypervisor's memory, of which every fork has the same. Guests have another source, the machine's.
    /// </summary>
    private static string EmulatedProcessor(VmLaunch launch) => launch.Memory is null ? "max" : "max,rdrand=off,rdseed=off";

    private static void AddMemory(ImmutableArray<string>.Builder line, VmLaunch launch)
    {
        if (launch.Memory is { } memory)
        {
            var size = Text($"id=memory,size={launch.Spec.MemoryMiB}M");
            line.AddRange(
                "-object",
                memory.Path is null ? $"memory-backend-ram,{size}" : Text($"memory-backend-file,{size},mem-path={Escaped(memory.Path)},share={(memory.Keep ? "on" : "off")}"));
        }

        if (launch.Restored is not null || launch.IsResumed)
        {
            line.AddRange("-S", "-incoming", "defer");
        }
    }

    private static void AddIdentity(ImmutableArray<string>.Builder line, VmLaunch launch)
    {
        var spec = launch.Spec;
        var uuid = UuidOf(spec.Id);
        line.AddRange("-uuid", uuid);
        line.AddRange("-smbios", $"type=1,manufacturer=Amazon EC2,product={Escaped(spec.InstanceType)},serial={uuid},uuid={uuid}");
        line.AddRange("-smbios", $"type=3,manufacturer=Amazon EC2,asset={spec.Id}");
        line.AddRange("-device", $"vmgenid,guid={launch.Generation?.ToString() ?? "auto"}");
    }

    private static void AddBoot(ImmutableArray<string>.Builder line, VmLaunch launch)
    {
        var boot = launch.Image.Manifest.Boot;
        switch (boot.Mode)
        {
            case ImageBootMode.Kernel:
                line.AddRange("-kernel", launch.Image.KernelPath!);
                if (launch.Image.InitrdPath is { } initrd)
                {
                    line.AddRange("-initrd", initrd);
                }


                // An emulated processor does not speculate: what a kernel does against it only costs time there.
                line.AddRange("-append", (boot.CommandLine ?? "console=ttyS0") + (launch.Accelerator == "tcg" ? " mitigations=off" : ""));
                break;
            case ImageBootMode.Uefi:
                line.AddRange("-drive", $"if=pflash,format=raw,unit=0,readonly=on,file={UefiCode}");
                line.AddRange("-drive", $"if=pflash,format=raw,unit=1,file={Escaped(launch.Files.UefiVariables)}");
                break;
        }

        if (launch.Spec.HasTpm)
        {
            line.AddRange("-chardev", $"socket,id=tpm,path={Escaped(launch.Files.TpmSocket)}");
            line.AddRange("-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device", "tpm-crb,tpmdev=tpm0");
        }
    }

    private static void AddControl(ImmutableArray<string>.Builder line, VmLaunch launch)
    {
        var files = launch.Files;
        line.AddRange("-chardev", $"socket,id=monitor,path={Escaped(files.MonitorSocket)},server=on,wait=off");
        line.AddRange("-mon", "chardev=monitor,mode=control");
        line.AddRange(
            "-chardev",
            $"socket,id=console,path={Escaped(files.ConsoleSocket)},server=on,wait=off,logfile={Escaped(files.ConsoleLog)},logappend=on");
        line.AddRange("-serial", "chardev:console");
        if (launch.Image.Manifest.Devices is DeviceModel.Virtio)
        {
            line.AddRange("-object", "rng-random,id=entropy,filename=/dev/urandom", "-device", "virtio-rng-pci,rng=entropy");

            // A page that a copy of a kept guest hands back has what was kept in it when it is used again, no zeros: a guest that counts on zeros, or on what it left there, is to hand none back.
            var copy = launch.Memory is null ? "free-page-reporting=on" : $"free-page-reporting={(PageRelease.IsSupported ? "on" : "off")},page-poison=off";
            line.AddRange("-device", $"virtio-balloon-pci,{copy}", "-device", "pvpanic");
        }

        if (launch.Memory is not null)
        {
            line.AddRange("-chardev", $"socket,id=gate,path={Escaped(files.GateSocket)},server=on,wait=off");
            line.AddRange("-device", "virtio-serial-pci,max_ports=2", "-device", $"virtserialport,chardev=gate,name={GatePort.Name}");
        }

        // For pictures of the screen; its memory is touched only as far as something is drawn.
        line.AddRange("-device", "VGA,vgamem_mb=8");
    }

    private static void AddDisks(ImmutableArray<string>.Builder line, VmLaunch launch)
    {
        for (var port = 0; port < Math.Max(DiskPorts, launch.Disks.Length); port++)
        {
            AddRootPort(line, "disk", port, slot: port);
        }

        if (launch.OpensDisksLater)
        {
            // Arguments are everybody's to read. What is encrypted is opened over the monitor, before the devices are made that have it; so is what is mirrored.
            line.Add("-preconfig");
        }

        foreach (var disk in launch.Disks.Where(disk => !disk.IsOpenedLater))
        {
            // The page cache may hold what the guest has not flushed; a guest's flush is an fsync, so what it was told is written is written.
            line.AddRange(
                "-blockdev",
                Text($"driver=file,node-name={FileNodeOf(disk.VolumeId)},filename={Escaped(disk.Path)},cache.direct=off,cache.no-flush=off,discard=unmap"));
            line.AddRange(
                "-blockdev",
                Text($"driver=qcow2,node-name={NodeOf(disk.VolumeId)},file={FileNodeOf(disk.VolumeId)},cache.direct=off,cache.no-flush=off,discard=unmap,detect-zeroes=unmap"));
        }

        foreach (var (disk, index) in launch.Disks.Select((disk, index) => (disk, index)))
        {
            var device = DiskDevice.Of(launch.Image.Manifest.Devices, index, disk.IsMirrored);
            line.AddRange(
                "-device",
                Text($"{device.Driver},id={DiskId(index)},bus={device.Bus},drive={(disk.IsMirrored ? MirrorNodes.TopOf(disk.VolumeId) : NodeOf(disk.VolumeId))},serial={SerialOf(disk.VolumeId)},write-cache=on,bootindex={index + 1}{(disk.IsMirrored ? ",rerror=stop,werror=stop" : "")}"));
        }
    }

    private static void AddAdapters(ImmutableArray<string>.Builder line, VmLaunch launch)
    {
        var adapters = launch.Spec.Interfaces;
        for (var port = 0; port < Math.Max(AdapterPorts(launch.Spec.VCpus, launch.Spec.MemoryMiB), adapters.Length); port++)
        {
            AddRootPort(line, "net", port, slot: 64 + port);
        }

        foreach (var (adapter, index) in adapters.Select((adapter, index) => (adapter, index)))
        {
            line.AddRange("-netdev", Text($"tap,id={AdapterBackend(index)},ifname={launch.Taps[index]},script=no,downscript=no"));
            line.AddRange("-device", Text($"{AdapterDriver(launch.Image.Manifest.Devices)},id={AdapterId(index)},bus={AdapterPort(index)},netdev={AdapterBackend(index)},mac={adapter.MacAddress},romfile="));
        }
    }

    /// <summary>Every disk and adapter has a port of its own, so that another can take its place while the machine runs.</summary>
    private static void AddRootPort(ImmutableArray<string>.Builder line, string kind, int index, int slot) =>
        line.AddRange("-device", Text($"pcie-root-port,id={kind}port{index},chassis={slot + 1},slot={slot}"));

    /// <summary>AWS shows a volume as <c>vol0123…</c>; of the 20 characters that fit none is left for the hyphen.</summary>
    public static string SerialOf(string volumeId)
    {
        var serial = volumeId.Replace("-", "", StringComparison.Ordinal);
        return serial.Length > MaxSerialCharacters ? serial[..MaxSerialCharacters] : serial;
    }

    /// <summary>A comma in an option's value is written twice.</summary>
    private static string Escaped(string value) => value.Replace(",", ",,", StringComparison.Ordinal);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
