"""What makes this machine a particular one, below cloud-init: randomness, clock, machine id, journal, name, network, disk."""
import fcntl
import glob
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import time

RNDADDENTROPY, RNDRESEEDCRNG = 0x40085203, 0x5207  # random(4)
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1  # netdevice(7)
BLKPG, BLKPG_RESIZE_PARTITION = 0x1269, 3  # linux/blkpg.h
EXT4_IOC_RESIZE_FS = 0x40086610  # fs/ext4/ext4.h
MACHINE_ID = "/etc/machine-id"
RANDOMIZE = "/proc/sys/kernel/randomize_va_space"
GATE = "/run/gate"
LATE_SECONDS = 10


def read(path):
    with open(path) as file:
        return file.read().strip()


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def wait_for(happened, what, seconds):
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come in {seconds} s")
        time.sleep(0.005)


def adapters():
    return [name for name in os.listdir("/sys/class/net") if os.path.exists(f"/sys/class/net/{name}/device")]


def set_up(adapter, up):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        request = struct.pack("16sh14x", adapter.encode(), 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, SIOCGIFFLAGS, request))[1]
        flags = flags | IFF_UP if up else flags & ~IFF_UP
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", adapter.encode(), flags))


class Machine:
    def __init__(self):
        self.kernel_log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)

    def boot_id(self):
        return read("/proc/sys/kernel/random/boot_id")

    def prepare(self):
        """Leaves nothing to happen by itself: with the adapters down, no DHCP client can choose its numbers too early."""
        os.makedirs(GATE, exist_ok=True)
        for name in ("asked", "cloud-init-local", "cloud-init", "cloud-config", "cloud-final"):
            os.mkfifo(f"{GATE}/{name}", 0o600)
        with open("/run/cloud-init/cloud.cfg", "a") as file:
            file.write('growpart: {mode: "off"} # the gate does both\nresize_rootfs: false\n')
        if read(MACHINE_ID) != self.machine_id():
            raise RuntimeError("the machine id is not the one that the host replaces in memory")
        for adapter in adapters():
            state = f"/run/systemd/netif/links/{read(f'/sys/class/net/{adapter}/ifindex')}"
            wait_for(lambda: os.path.exists(state) and "OPER_STATE=no-carrier" in read(state), f"networkd with {adapter}", 30)
            set_up(adapter, False)
        for program in ("/usr/sbin/sshd", "/usr/bin/ssh-keygen"):  # into the page cache, with their libraries
            subprocess.run([program, "-?"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        for path in [*glob.glob("/etc/ssh/ssh_host_*key*"), "/var/lib/systemd/random-seed"]:  # of the server whose disk it was, if it was one's
            if os.path.exists(path):
                os.remove(path)
        self.fix_layout()
        os.lseek(self.kernel_log, 0, os.SEEK_END)

    def fix_layout(self):
        """An emulator translates code anew wherever else it lies: until the launch is over, programs lie where they lay before."""
        self.layout = read(RANDOMIZE)
        if "QEMU TCG" in read("/proc/cpuinfo"):
            write(RANDOMIZE, "0")

    def randomize_layout(self):
        write(RANDOMIZE, self.layout)

    def machine_id(self):
        """As systemd(1) chooses it in a virtual machine, so that it is the same as after a cold boot of the same server."""
        return read("/sys/class/dmi/id/product_uuid").replace("-", "")

    def become(self, identity, resumed):
        self.renew_randomness(bytes.fromhex(identity["entropy"]))
        time.clock_settime(time.CLOCK_REALTIME, float(identity["time"]) + time.monotonic() - resumed)
        socket.sethostname(identity["hostname"])
        for adapter in adapters():
            set_up(adapter, True)
        self.write_machine_id()
        self.renew_journal()

    def renew_randomness(self, entropy):
        """The host's entropy makes the numbers new; a kernel with the driver hears of the copy from the generation id as well."""
        if len(entropy) != 32:
            raise ValueError("entropy is not of 32 bytes")
        poll, deadline = select.poll(), time.monotonic() + 1
        poll.register(self.kernel_log, select.POLLIN)
        told = not os.path.exists("/sys/bus/acpi/drivers/vmgenid")
        while not told and (left := deadline - time.monotonic()) > 0:
            if poll.poll(left * 1000):
                told = b"virtual machine fork" in os.read(self.kernel_log, 8192)
        with open("/dev/urandom", "wb") as random:
            fcntl.ioctl(random, RNDADDENTROPY, struct.pack("ii32s", 256, 32, entropy))
            fcntl.ioctl(random, RNDRESEEDCRNG)

    def write_machine_id(self):
        """Programs that have read it hold it as 16 bytes, and the host has replaced those. The file is systemd's in /run; the disk has an empty one."""
        write("/run/machine-id", self.machine_id() + "\n")

    def renew_journal(self):
        """The journal begins anew under this machine's name; systemd starts its service again and has kept what it listens to."""
        shutil.rmtree("/run/log/journal", ignore_errors=True)
        for process in self.journal():
            os.kill(int(process), signal.SIGKILL)

    def journal(self):
        """The processes of the journal's service."""
        try:
            return read("/sys/fs/cgroup/system.slice/systemd-journald.service/cgroup.procs").split()
        except FileNotFoundError:
            return []  # it is on its way up again

    def grow_root(self):
        """growpart(1) and resize2fs(8) in five system calls, where the disk is as the image has it: one partition behind an MBR."""
        if glob.glob("/sys/class/block/vda[0-9]*") != ["/sys/class/block/vda1"] or self.partition_types() != b"\x83\0\0\0":
            return  # the disk was a server's, which has divided it otherwise
        start = int(read("/sys/class/block/vda1/start"))
        sectors = min(int(read("/sys/class/block/vda/size")) - start, 0xFFFFFFFF)
        if sectors > int(read("/sys/class/block/vda1/size")):
            with open("/dev/vda", "r+b", buffering=0) as disk:
                os.pwrite(disk.fileno(), struct.pack("<I", sectors), 446 + 12)
                os.fsync(disk.fileno())
                partition = struct.pack("qqi64s64s4x", start * 512, sectors * 512, 1, b"", b"")
                buffer = memory(partition)
                fcntl.ioctl(disk, BLKPG, struct.pack("iii4xQ", BLKPG_RESIZE_PARTITION, 0, len(partition), buffer[0]))
            root = os.open("/", os.O_RDONLY)
            fcntl.ioctl(root, EXT4_IOC_RESIZE_FS, struct.pack("Q", sectors * 512 // os.statvfs("/").f_frsize))
            os.close(root)

    def partition_types(self):
        """The types of the four partitions of an MBR; a GPT has 0xee in the first."""
        with open("/dev/vda", "rb") as disk:
            sector = disk.read(512)
        return bytes(sector[446 + 16 * number + 4] for number in range(4))

    def open(self, what):
        """systemd waits for these files, and starts what belongs to them."""
        write(f"{GATE}/open-{what}", "")

    def open_late(self):
        """What user data does may take long; what a machine writes down about itself need not come after it."""
        time.sleep(LATE_SECONDS)
        self.open("late")

    def settle(self):
        """The next default is the usual one again, and udev hears of the disk's serial number and size and the adapter's address."""
        self.randomize_layout()
        os.remove("/run/systemd/generator.early/default.target")
        for device in ["block/vda", "block/vda1"] + [f"net/{adapter}" for adapter in adapters()]:
            write(f"/sys/class/{device}/uevent", "change")


def memory(content):
    """The address of a copy of bytes, and what keeps it."""
    import ctypes

    buffer = ctypes.create_string_buffer(content, len(content))
    return ctypes.addressof(buffer), buffer
