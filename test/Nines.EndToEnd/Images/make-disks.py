#!/usr/bin/python3
"""make-disks.py TINY OUTPUT [metal]: makes disks as other people's cloud images are: bios.raw (MBR) and uefi.raw (GPT with an EFI system partition).

TINY is the folder of the built image "tiny", whose root file system becomes a partition of each disk; Debian's own kernel and
GRUB start it: the cloud's, or with "metal" the ordinary one, which drives the disks and adapters of machines of metal too. The
packages are downloaded from the machine's sources and unpacked, never installed.
"""
import json, os, pathlib, re, struct, subprocess, sys, uuid, zlib

tiny, output = (pathlib.Path(a).resolve() for a in sys.argv[1:3])
metal = sys.argv[3:] == ["metal"]
work = output / "work"
packages = work / "packages"
SECTOR, MIB = 512, 1 << 20
COMMAND_LINE = "console=ttyS0 quiet cryptomgr.notests no_timer_check"  # images/README.md, "What a guest must do"


# Each after what it needs. What a kernel has in itself, or has not at all, is passed over.
DRIVERS = """scsi_common scsi_mod crc64 crc64_rocksoft_generic crc64_rocksoft crct10dif_common crct10dif_generic crc_t10dif t10_pi sd_mod libata libahci ahci
nvme_common nvme_core nvme pps_core ptp e1000e virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk failover net_failover virtio_net
crc32c_generic crc16 mbcache jbd2 ext4 button evdev""".split()


def run(*command, check=True, **more):
    return subprocess.run([str(word) for word in command], check=check, **more)


def candidates():
    return DRIVERS if metal else []


def kernel_package():
    if not metal:
        return next(name for name in json.loads((tiny / "image.json").read_text())["packages"] if name.startswith("linux-image-"))
    told = run("apt-cache", "depends", "linux-image-amd64", stdout=subprocess.PIPE, text=True).stdout
    return re.search(r"Depends: (linux-image-\S+)", told).group(1)


def fetch():
    """The kernel that the root file system has drivers for, boot loaders, and what makes a FAT file system."""
    debs = work / "debs"
    debs.mkdir(parents=True)
    wanted = [kernel_package(), "grub-common", "grub-pc-bin", "grub-efi-amd64-bin", "libdevmapper1.02.1", "mtools", "dosfstools"]
    run("apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", *wanted, cwd=debs, stdout=subprocess.DEVNULL)
    packages.mkdir()
    for deb in debs.glob("*.deb"):
        if deb.name.startswith("linux-image-"):  # most of it is drivers that nobody loads
            with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE) as content:
                run("tar", "-x", "-C", packages, "--wildcards", "./boot/*", *(f"*/{name.replace('_', '[-_]')}.ko*" for name in candidates()), stdin=content.stdout, stderr=subprocess.DEVNULL, check=False)
        else:
            run("dpkg-deb", "-x", deb, packages)
    return next(packages.glob("boot/vmlinuz-*"))


def tool(name, *arguments, **more):
    program = next(path for path in (packages / "usr/bin" / name, packages / "sbin" / name, packages / "usr/sbin" / name) if path.exists())
    libraries = packages / "lib/x86_64-linux-gnu"
    return run(program, *arguments, env={**os.environ, "LD_LIBRARY_PATH": str(libraries)}, **more)


def make_initrd(path, partition):
    """tiny's drivers, or those of the ordinary kernel, with an init of its own behind them: the later of two files of a name counts."""
    folder = work / "initrd"
    folder.mkdir(exist_ok=True)
    files, load = ["init"], "modprobe -a virtio_pci virtio_blk virtio_rng virtio_net"
    if metal:
        drivers = {file.name.split(".")[0].replace("-", "_"): file for file in packages.glob("**/*.ko")}
        there = [name for name in DRIVERS if name in drivers]
        for name in there:
            (folder / f"{name}.ko").write_bytes(drivers[name].read_bytes())
        files += [f"{name}.ko" for name in there]
        load = "\n".join(f"insmod /{name}.ko" for name in there)
    init = folder / "init"
    init.write_text(f"""#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
mount -t devtmpfs dev /dev
{load}
until root=$(ls /dev/[sv]da{partition} 2>/dev/null); do usleep 50000; done
mount -t ext4 $root /disk || exec sh
mount -o move /dev /disk/dev
mount -o move /proc /disk/proc
exec /bin/busybox switch_root /disk /sbin/init
""")
    init.chmod(0o755)
    more = run("cpio", "-o", "-H", "newc", "--quiet", "-R", "0:0", input="\n".join(files).encode(), cwd=folder, stdout=subprocess.PIPE).stdout
    path.write_bytes((tiny / "initrd").read_bytes() + more)


def make_grub(path, target, boot, *modules):
    config = work / "grub.cfg"
    config.write_text(f"linux {boot}/vmlinuz {COMMAND_LINE}\ninitrd {boot}/initrd\nboot\n")
    tool("grub-mkimage", "-d", packages / "usr/lib/grub" / target, "-O", target, "-c", config, "-p", "/", "-o", path, "linux", "normal", *modules)


def write_at(disk, sector, data):
    disk.seek(sector * SECTOR)
    disk.write(data)


def master_boot_record(program, kind, first, sectors):
    entry = struct.pack("<B3sB3sII", 0x80, b"\xfe\xff\xff", kind, b"\xfe\xff\xff", first, sectors)
    return program.ljust(446, b"\0") + entry + bytes(48) + b"\x55\xaa"


def make_bios(path, kernel, root):
    file_system = work / "bios-root"
    run("cp", "--sparse=always", root, file_system)
    make_initrd(work / "initrd-bios", 1)
    for file, name in ((kernel, "vmlinuz"), (work / "initrd-bios", "initrd")):
        run("debugfs", "-w", "-R", f"write {file} {name}", file_system, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    make_grub(work / "core.img", "i386-pc", "(hd0,msdos1)", "biosdisk", "part_msdos", "ext2")
    first, sectors = MIB // SECTOR, file_system.stat().st_size // SECTOR
    with open(path, "wb") as disk:
        disk.truncate((first + sectors) * SECTOR)
        boot = (packages / "usr/lib/grub/i386-pc/boot.img").read_bytes()[:440]
        write_at(disk, 0, master_boot_record(boot, 0x83, first, sectors))
        write_at(disk, 1, (work / "core.img").read_bytes())
    run("dd", f"if={file_system}", f"of={path}", "bs=1M", "seek=1", "conv=notrunc,sparse", "status=none")


def make_uefi(path, kernel, root):
    make_initrd(work / "initrd-uefi", 2)
    make_grub(work / "bootx64.efi", "x86_64-efi", "", "part_gpt", "fat")
    system, system_size = work / "esp", 48 * MIB
    with open(system, "wb") as file:
        file.truncate(system_size)
    tool("mkfs.fat", system, stdout=subprocess.DEVNULL)
    tool("mmd", "-i", system, "::/EFI", "::/EFI/BOOT")
    for file, name in ((work / "bootx64.efi", "EFI/BOOT/BOOTX64.EFI"), (kernel, "vmlinuz"), (work / "initrd-uefi", "initrd")):
        tool("mcopy", "-i", system, file, f"::/{name}")
    first, system_sectors, root_sectors = MIB // SECTOR, system_size // SECTOR, root.stat().st_size // SECTOR
    last = first + system_sectors + root_sectors + 33
    partitions = [
        ("c12a7328-f81f-11d2-ba4b-00a0c93ec93b", first, system_sectors),
        ("0fc63daf-8483-4772-8e79-3d69d8477de4", first + system_sectors, root_sectors),
    ]
    entries = b"".join(
        struct.pack("<16s16sQQQ72x", uuid.UUID(kind).bytes_le, uuid.uuid4().bytes_le, start, start + count - 1, 0)
        for kind, start, count in partitions).ljust(128 * 128, b"\0")
    identity = uuid.uuid4().bytes_le

    def header(mine, other, table):  # UEFI specification 2.10, 5.3.2
        def fields(checksum):
            return struct.pack("<8sIIIIQQQQ16sQIII", b"EFI PART", 0x10000, 92, checksum, 0, mine, other, 34, last - 33, identity, table, 128, 128, zlib.crc32(entries))
        return fields(zlib.crc32(fields(0)))

    with open(path, "wb") as disk:
        disk.truncate((last + 1) * SECTOR)
        write_at(disk, 0, master_boot_record(b"", 0xEE, 1, last))
        write_at(disk, 1, header(1, last, 2))
        write_at(disk, 2, entries)
        write_at(disk, last - 32, entries)
        write_at(disk, last, header(last, 1, last - 32))
    for file, start in ((system, first), (root, first + system_sectors)):
        run("dd", f"if={file}", f"of={path}", "bs=1M", f"seek={start * SECTOR // MIB}", "conv=notrunc,sparse", "status=none")


kernel = fetch()
root = work / "root"
run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", tiny / "disk.qcow2", root)
make_bios(output / "bios.raw", kernel, root)
make_uefi(output / "uefi.raw", kernel, root)
