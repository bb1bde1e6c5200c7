"""What copies will do, done once where nothing of it stays. An emulator translates code when it first runs; copies are made of a machine that has run it.

It happens in a process of its own, with another view of files (all that is written goes to memory, and nothing is written to the disk, which copies
already have), another name and other networks. It opens no connection over TCP: the first one fixes the secret behind all sequence numbers.
"""
import ctypes
import os
import shutil
import subprocess

from cloudinit.config import cc_bootcmd, cc_runcmd, cc_scripts_per_boot, cc_scripts_per_instance, cc_scripts_per_once, cc_scripts_user

import machine
import shortcuts
import stages

STAGE = "/run/rehearsal"
NEW_MOUNTS, NEW_NAMES, NEW_MESSAGES, NEW_PROCESSES, NEW_NETWORKS = 0x20000, 0x4000000, 0x8000000, 0x20000000, 0x40000000  # unshare(2)
READ_ONLY, REMOUNT, NO_ACCESS_TIMES, BIND, RECURSIVE, PRIVATE, RELATIVE_ACCESS_TIMES = 0x1, 0x20, 0x400, 0x1000, 0x4000, 0x40000, 0x200000  # mount(2)
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA rehearsal"
SAME_FLAGS, RELATIVE_AS_SEEN = 0xC0F, 0x1000  # statvfs(3): those that are as in mount(2), and one that is not
LIBC = ctypes.CDLL(None, use_errno=True)
seen = []  # what the root was mounted with, once it has been told otherwise


def check(result, what):
    if result:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source, target, kind=None, flags=0, options=None):
    arguments = [text and text.encode() for text in (source, target, kind)]
    check(LIBC.mount(*arguments, flags, options and options.encode()), f"mount of {target}")


def leave_disk_alone():
    """Even reading notes on the disk when it was, unless it is told not to."""
    if not seen:
        seen.append(os.statvfs("/").f_flag)
        mount(None, "/", None, REMOUNT | BIND | NO_ACCESS_TIMES | seen[0] & SAME_FLAGS)


def note_access_times():
    """As it was mounted before."""
    for flags in seen:
        mount(None, "/", None, REMOUNT | BIND | flags & SAME_FLAGS | (RELATIVE_ACCESS_TIMES if flags & RELATIVE_AS_SEEN else 0))


def alone(work):
    """Runs work in a child process; returns when that, and all that it began, is over.

    Returns:
        Whether it was done.
    """
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def set_stage():
    mount(None, "/", None, RECURSIVE | PRIVATE)
    mount("tmpfs", STAGE, "tmpfs")
    for folder in ("written", "work", "root"):
        os.mkdir(f"{STAGE}/{folder}")
    root = f"{STAGE}/root"
    mount("overlay", root, "overlay", 0, f"lowerdir=/,upperdir={STAGE}/written,workdir={STAGE}/work")
    mount("proc", f"{root}/proc", "proc")
    mount("/sys", f"{root}/sys", None, BIND)
    mount(None, f"{root}/sys", None, REMOUNT | BIND | READ_ONLY)
    mount("/dev", f"{root}/dev", None, BIND | RECURSIVE)
    mount("tmpfs", f"{root}/run", "tmpfs")
    os.makedirs(f"{root}/run/systemd/system")
    os.mkdir(f"{root}/run/sshd")
    shutil.copytree("/run/cloud-init", f"{root}/run/cloud-init", ignore=shutil.ignore_patterns("share"))
    os.chroot(root)
    os.chdir("/")


class Metadata:
    """What the metadata service would say."""

    def __init__(self, identity, mac):
        adapter = f"meta-data/network/interfaces/macs/{mac}/"
        self.answers = {
            "api/token": "token",
            "meta-data/instance-id": identity["instance-id"],
            "meta-data/public-keys/": "0=rehearsal",
            "meta-data/public-keys/0/openssh-key": KEY,
            "meta-data/placement/availability-zone": "rehearsal-1a",
            "meta-data/placement/region": "rehearsal-1",
            "dynamic/instance-identity/document": '{"instanceId": "%s", "region": "rehearsal-1"}' % identity["instance-id"],
        }
        for name in ("ami-id", "ami-launch-index", "ami-manifest-path", "instance-action", "instance-life-cycle", "instance-type", "reservation-id", "security-groups"):
            self.answers[f"meta-data/{name}"] = "rehearsal"
        for name in ("hostname", "local-hostname"):
            self.answers[f"meta-data/{name}"] = f"{identity['hostname']}.{identity['domain']}"
        for place, name in (("meta-data/", "local-ipv4"), ("meta-data/", "public-ipv4"), (adapter, "local-ipv4s"), (adapter, "public-ipv4s")):
            self.answers[place + name] = identity["address"]
        for place in ("meta-data/", adapter):
            self.answers[f"{place}mac"] = mac
        for name in ("device-number", "interface-id", "owner-id", "subnet-id", "vpc-id", "local-hostname", "security-group-ids", "security-groups"):
            self.answers[adapter + name] = "0"
        for name in ("subnet-ipv4-cidr-block", "vpc-ipv4-cidr-block", "vpc-ipv4-cidr-blocks"):
            self.answers[adapter + name] = f"{identity['gateway']}/{identity['prefix']}"

    def ask(self, question, timeout):
        path = question.split(b" ", 2)[1].decode().split("/", 2)[2]
        if path in self.answers:
            return 200, self.answers[path].encode()
        folder = path.rstrip("/") + "/"
        names = {name[len(folder):] for name in self.answers if name.startswith(folder)}
        below = sorted({name.split("/")[0] + "/" * ("/" in name) for name in names if name})
        return (200, "\n".join(below).encode()) if below else (404, b"")


def perform(zygote, identity, mac):
    set_stage()
    shortcuts.Metadata.ask = Metadata(identity, mac).ask
    for module in (cc_bootcmd, cc_runcmd, cc_scripts_per_boot, cc_scripts_per_instance, cc_scripts_per_once, cc_scripts_user):
        module.handle = lambda *_: None  # what somebody has others do is not rehearsed
    zygote.let_in(KEY)
    for unit in stages.STAGES:
        zygote.run(unit)
    for arguments in (["-t"], ["-i"]):  # reads its settings, and meets a client that leaves at once
        subprocess.run(["/usr/sbin/sshd", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def rehearse(zygote, host, identity):
    """Returns when all of it is over and gone.

    Raises:
        OSError, RuntimeError, TimeoutError: it could not be done, or not to its end.
    """
    leave_disk_alone()
    os.makedirs(STAGE, exist_ok=True)
    mac = machine.read(f"/sys/class/net/{machine.adapters()[0]}/address")

    def enter():
        check(LIBC.unshare(NEW_MOUNTS | NEW_NAMES | NEW_MESSAGES | NEW_NETWORKS | NEW_PROCESSES), "unshare")
        if not alone(lambda: perform(zygote, identity, mac)):  # the first process of its kind: what is left of the others ends with it
            raise RuntimeError("it was not performed to its end")

    if not alone(enter):
        raise RuntimeError("it was not performed to its end")
    os.rmdir(STAGE)
    before = host.journal()
    host.renew_journal()
    machine.wait_for(lambda: host.journal() not in ([], before), "the journal", seconds=120)
