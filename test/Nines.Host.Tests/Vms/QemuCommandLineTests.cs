using Nines.Host.Api;
using Nines.Host.Images;
using Nines.Host.Vms;

namespace Nines.Host.Tests.Vms;

public sealed class QemuCommandLineTests
{
    private static readonly HostOptions Options = new()
    {
        HostId = "host-1",
        StateDirectory = "/var/lib/nines,1",
        RunDirectory = "/run/nines",
        ImagesDirectory = "/var/lib/nines/images",
    };

    [Fact]
    public void A_kernel_image_is_started_by_its_kernel()
    {
        var line = LineOf(new ImageBoot { Mode = ImageBootMode.Kernel, Kernel = "vmlinuz", Initrd = "initrd", CommandLine = "console=ttyS0 quiet" });

        ValueOf(line, "-kernel").ShouldBe("/images/d/vmlinuz");
        ValueOf(line, "-initrd").ShouldBe("/images/d/initrd");
        ValueOf(line, "-append").ShouldStartWith("console=ttyS0 quiet");
    }

    [Theory]
    [InlineData("kvm", "console=ttyS0")]
    [InlineData("tcg", "console=ttyS0 mitigations=off")]
    public void Only_a_processor_that_speculates_is_guarded_against_it(string accelerator, string commandLine)
    {
        var launch = LaunchOf(new ImageBoot { Mode = ImageBootMode.Kernel, Kernel = "vmlinuz" }) with { Accelerator = accelerator };

        ValueOf([.. QemuCommandLine.Arguments(launch)], "-append").ShouldBe(commandLine);
    }

    [Fact]
    public void A_uefi_image_is_started_by_firmware_with_variables_of_its_own()
    {
        var line = LineOf(new ImageBoot { Mode = ImageBootMode.Uefi });

        line.ShouldNotContain("-kernel");
        ValuesOf(line, "-drive").ShouldBe(
        [
            "if=pflash,format=raw,unit=0,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd",
            "if=pflash,format=raw,unit=1,file=/var/lib/nines,,1/machines/i-0123456789abcdef0/uefi-vars.fd",
        ]);
    }

    [Fact]
    public void A_machine_has_a_TPM_when_it_shall()
    {
        var launch = LaunchOf(new ImageBoot { Mode = ImageBootMode.Uefi });
        QemuCommandLine.Arguments(launch).ShouldNotContain("-tpmdev");

        string[] line = [.. QemuCommandLine.Arguments(launch with { Spec = launch.Spec with { HasTpm = true } })];

        ValuesOf(line, "-chardev").ShouldContain("socket,id=tpm,path=/run/nines/i-0123456789abcdef0/tpm");
        ValueOf(line, "-tpmdev").ShouldBe("emulator,id=tpm0,chardev=tpm");
        ValuesOf(line, "-device").ShouldContain("tpm-crb,tpmdev=tpm0");
    }

    [Fact]
    public void A_bios_image_needs_nothing_but_its_disk()
    {
        var line = LineOf(new ImageBoot { Mode = ImageBootMode.Bios });

        line.ShouldNotContain("-kernel");
        line.ShouldNotContain("-drive");
        line.ShouldContain("virtio-blk-pci,id=disk0,bus=diskport0,drive=vol-0123456789abcdef0,serial=vol0123456789abcdef0,write-cache=on,bootindex=1");
        line.Count(argument => argument.StartsWith("pcie-root-port,id=diskport", StringComparison.Ordinal)).ShouldBe(QemuCommandLine.DiskPorts, "others are plugged in later");
    }

    [Fact]
    public void The_machine_shows_itself_as_one_of_EC2()
    {
        var line = LineOf(new ImageBoot { Mode = ImageBootMode.Bios });

        var uuid = ValueOf(line, "-uuid");
        uuid.ShouldStartWith("ec2");
        Guid.TryParse(uuid, out _).ShouldBeTrue();
        ValuesOf(line, "-smbios").ShouldBe(
        [
            $"type=1,manufacturer=Amazon EC2,product=t3.micro,serial={uuid},uuid={uuid}",
            "type=3,manufacturer=Amazon EC2,asset=i-0123456789abcdef0",
        ]);
    }

    [Fact]
    public void The_identity_stays_the_same_and_differs_between_machines()
    {
        QemuCommandLine.UuidOf("i-1").ShouldBe(QemuCommandLine.UuidOf("i-1"));
        QemuCommandLine.UuidOf("i-1").ShouldNotBe(QemuCommandLine.UuidOf("i-2"));
    }

    [Fact]
    public void The_process_is_sandboxed_and_has_nothing_that_was_not_asked_for()
    {
        var line = LineOf(new ImageBoot { Mode = ImageBootMode.Bios });

        line.ShouldContain("-nodefaults");
        line.ShouldContain("-no-user-config");
        ValueOf(line, "-sandbox").ShouldBe("on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    }

    [Fact]
    public void A_guest_that_is_down_waits_for_the_agent() =>
        LineOf(new ImageBoot { Mode = ImageBootMode.Bios }).ShouldContain("-no-shutdown");

    [Fact]
    public void A_flush_of_the_guest_is_never_ignored()
    {
        var devices = ValuesOf(LineOf(new ImageBoot { Mode = ImageBootMode.Bios }), "-blockdev");

        devices.Length.ShouldBe(2);
        devices.ShouldAllBe(device => device.Contains("cache.no-flush=off"));
    }

    [Fact]
    public void Adapters_are_taps_on_ports_of_their_own()
    {
        var line = LineOf(new ImageBoot { Mode = ImageBootMode.Bios });

        ValueOf(line, "-netdev").ShouldBe("tap,id=net0,ifname=tap-1,script=no,downscript=no");
        line.ShouldContain("virtio-net-pci,id=nic0,bus=netport0,netdev=net0,mac=02:00:00:00:00:01,romfile=");
    }

    [Fact]
    public void A_guest_to_be_kept_writes_into_its_memory_file_and_has_a_gate()
    {
        var launch = LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios }) with { Memory = new GuestMemory("/kept/memory", Keep: true) };

        var line = QemuCommandLine.Arguments(launch).ToArray();

        ValuesOf(line, "-object").ShouldContain("memory-backend-file,id=memory,size=1024M,mem-path=/kept/memory,share=on");
        ValueOf(line, "-machine").ShouldEndWith(",memory-backend=memory");
        line.ShouldContain("virtserialport,chardev=gate,name=org.nines.gate");
        line.ShouldContain("virtio-balloon-pci,free-page-reporting=on,page-poison=off", "a page that was handed back comes again with what was kept in it");
        line.ShouldNotContain("-incoming");
        line.ShouldContain("vmgenid,guid=auto");
    }

    [Fact]
    public void What_is_forked_makes_no_random_numbers_that_forks_would_share_and_has_a_generation_that_is_found_in_it()
    {
        var generation = Guid.Parse("5f1d2c3b-4a59-4687-8796-a5b4c3d2e1f0");
        var launch = LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios }) with { Accelerator = "tcg", Memory = new GuestMemory("/kept/memory", Keep: false), Generation = generation };

        var line = QemuCommandLine.Arguments(launch).ToArray();

        ValueOf(line, "-cpu").ShouldBe("max,rdrand=off,rdseed=off");
        line.ShouldContain($"vmgenid,guid={generation}");
    }

    [Theory]
    [InlineData("kvm", "kvm", "host")]
    [InlineData("tcg", "tcg,thread=multi,tb-size=64", "max")]
    public void The_accelerator_is_the_one_that_was_found(string accelerator, string argument, string cpu)
    {
        var line = QemuCommandLine.Arguments(LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios }) with { Accelerator = accelerator }).ToArray();

        ValueOf(line, "-accel").ShouldBe(argument);
        ValueOf(line, "-cpu").ShouldBe(cpu);
    }

    [Theory]
    [InlineData(512, 32)]
    [InlineData(1024, 64)]
    [InlineData(8192, 192)]
    [InlineData(65536, 192)]
    public void The_translation_cache_grows_with_the_machine(int memoryMiB, int cacheMiB)
    {
        var launch = LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios });

        var line = QemuCommandLine.Arguments(launch with { Spec = launch.Spec with { MemoryMiB = memoryMiB } }).ToArray();

        ValueOf(line, "-accel").ShouldBe($"tcg,thread=multi,tb-size={cacheMiB}");
    }

    [Fact]
    public void An_image_may_know_how_much_of_its_code_is_worth_keeping()
    {
        var launch = LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios });
        launch = launch with { Image = launch.Image with { Manifest = launch.Image.Manifest with { TranslationCacheMiB = 8 } } };

        ValueOf([.. QemuCommandLine.Arguments(launch)], "-accel").ShouldBe("tcg,thread=multi,tb-size=8");
    }

    [Fact]
    public void An_encrypted_disk_is_opened_over_the_monitor_and_the_arguments_say_nothing_of_its_key()
    {
        var launch = LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios });
        launch = launch with { Disks = [launch.Disks[0] with { Key = new DiskKey("vol-1") { Secret = "open sesame" } }, new VmLaunchDisk("vol-2", "/volumes/vol-2.qcow2")] };

        string[] line = [.. QemuCommandLine.Arguments(launch)];

        line.ShouldContain("-preconfig");
        ValuesOf(line, "-blockdev").ShouldAllBe(node => node.Contains("vol-2"));
        ValuesOf(line, "-device").Count(device => device.StartsWith("virtio-blk-pci", StringComparison.Ordinal)).ShouldBe(2);
        line.ShouldAllBe(argument => !argument.Contains("sesame"));
        LineOf(new ImageBoot { Mode = ImageBootMode.Bios }).ShouldNotContain("-preconfig");
    }

    [Theory]
    [InlineData(ImageBootMode.Bios)]
    [InlineData(ImageBootMode.Uefi)]
    public void Emulated_devices_are_what_any_guest_drives_and_none_is_virtio(ImageBootMode mode)
    {
        var launch = With(LaunchOf(new ImageBoot { Mode = mode }), GuestPlatform.Linux, DeviceModel.Emulated);
        launch = launch with { Disks = [launch.Disks[0], new VmLaunchDisk("vol-2", "/volumes/vol-2.qcow2"), new VmLaunchDisk("vol-3", "/volumes/vol-3.qcow2", IsMirrored: true)] };

        string[] line = [.. QemuCommandLine.Arguments(launch)];

        line.ShouldContain("ide-hd,id=disk0,bus=ide.0,drive=vol-0123456789abcdef0,serial=vol0123456789abcdef0,write-cache=on,bootindex=1");
        line.ShouldContain("nvme,id=disk1,bus=diskport1,drive=vol-2,serial=vol2,write-cache=on,bootindex=2");
        line.ShouldContain("ide-hd,id=disk2,bus=ide.2,drive=mirror-vol-3,serial=vol3,write-cache=on,bootindex=3,rerror=stop,werror=stop", "only there the processors can be stopped");
        line.ShouldContain("e1000e,id=nic0,bus=netport0,netdev=net0,mac=02:00:00:00:00:01,romfile=");
        line.ShouldAllBe(argument => !argument.Contains("virtio"));
        line.Count(argument => argument.StartsWith("pcie-root-port,id=diskport", StringComparison.Ordinal)).ShouldBe(QemuCommandLine.DiskPorts, "others are plugged in later");
    }

    [Theory]
    [InlineData("kvm", true, GuestPlatform.Windows, "host,hv-relaxed=on,hv-vapic=on,hv-spinlocks=0x1fff,")]
    [InlineData("kvm", false, GuestPlatform.Windows, "host")]
    [InlineData("kvm", true, GuestPlatform.Linux, "host")]
    [InlineData("tcg", false, GuestPlatform.Windows, "max")]
    [InlineData("tcg", true, GuestPlatform.Windows, "max")]
    public void A_guest_with_Windows_is_told_of_a_hypervisor_like_its_own_where_there_is_one(string accelerator, bool hasHyperV, GuestPlatform platform, string cpu)
    {
        var launch = With(LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios }), platform, DeviceModel.Virtio) with { Accelerator = accelerator, HasHyperV = hasHyperV };
        string[] line = [.. QemuCommandLine.Arguments(launch)];

        ValueOf(line, "-cpu").ShouldStartWith(cpu);
        ValueOf(line, "-cpu").Contains("hv-").ShouldBe(cpu.Contains("hv-"));
        ValueOf(line, "-machine").Contains(",hpet=off").ShouldBe(platform is GuestPlatform.Windows);
        ValueOf(line, "-rtc").ShouldBe("base=utc,driftfix=slew");
    }

    [Fact]
    public void A_virtual_timer_has_all_that_it_stands_on()
    {
        // QEMU manual, Hyper-V Enlightenments: what each requires.
        string[] line = [.. QemuCommandLine.Arguments(With(LaunchOf(new ImageBoot { Mode = ImageBootMode.Bios }), GuestPlatform.Windows, DeviceModel.Virtio) with { Accelerator = "kvm", HasHyperV = true })];
        var flags = ValueOf(line, "-cpu").Split(',').Select(flag => flag.Split('=')[0]).ToHashSet();

        (string Flag, string[] Requires)[] rules =
            [("hv-stimer", ["hv-vpindex", "hv-synic", "hv-time"]), ("hv-stimer-direct", ["hv-vpindex", "hv-synic", "hv-time", "hv-stimer"]), ("hv-synic", ["hv-vpindex"]), ("hv-tlbflush", ["hv-vpindex"]), ("hv-ipi", ["hv-vpindex"])];
        rules.ShouldAllBe(rule => flags.Contains(rule.Flag) && rule.Requires.All(flags.Contains));
    }

    private static VmLaunch With(VmLaunch launch, GuestPlatform platform, DeviceModel devices) =>
        launch with { Image = launch.Image with { Manifest = launch.Image.Manifest with { Platform = platform, Devices = devices } } };

    private static VmLaunch LaunchOf(ImageBoot boot)
    {
        var spec = Specs.Vm() with { Interfaces = [new VmInterface("eni-1", "vpc-1", "02:00:00:00:00:01", 0)] };
        return new()
        {
            Spec = spec,
            Files = new VmFiles(Options, spec.Id),
            Accelerator = "tcg",
            Image = new Image("d", "/images/d", new ImageManifest
            {
                Name = "test",
                Architecture = "x86_64",
                Boot = boot,
                Disk = new ImageDisk("disk.qcow2", 1 << 30),
                DefaultUser = "ec2-user",
                BuiltAt = DateTimeOffset.UnixEpoch,
                SourceDigest = "s",
            }),
            Disks = [new VmLaunchDisk("vol-0123456789abcdef0", "/volumes/vol-0123456789abcdef0.qcow2")],
            Taps = ["tap-1"],
        };
    }

    private static string[] LineOf(ImageBoot boot) => [.. QemuCommandLine.Arguments(LaunchOf(boot))];

    private static string ValueOf(string[] line, string option) => ValuesOf(line, option).Single();

    private static string[] ValuesOf(string[] line, string option) =>
        [.. line.Zip(line.Skip(1)).Where(pair => pair.First == option).Select(pair => pair.Second)];
}
