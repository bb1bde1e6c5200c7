"""cloud-init, loaded once before the gate. Each of its stages runs in a copy of this process, for the unit that asks for it."""
import ctypes
import gc
import importlib
import os
import random
import select
import sys

import cloudinit.cmd.main
from cloudinit import stages as cloudinit_stages
from cloudinit import ssh_util, templater, util
from cloudinit.distros import ug_util
from cloudinit.sources import DataSourceEc2

import shortcuts

ASKED = "/run/gate/asked"
STAGES = {
    "cloud-init-local": ["init", "--local"],
    "cloud-init": ["init"],
    "cloud-config": ["modules", "--mode=config"],
    "cloud-final": ["modules", "--mode=final"],
}
HOST_KEYS = ("ed25519", "ecdsa")
USERS = [f"/etc/{name}" for name in ("passwd", "shadow", "group", "gshadow", "subuid", "subgid")]
CLOUD_CONFIG = "/run/cloud-init/cloud.cfg"
PIDFD_GETFD = 438  # pidfd_getfd(2)
IDLE_SECONDS = 600
MODULES = (
    "cloudinit.distros.debian cloudinit.distros.parsers.hostname cloudinit.distros.parsers.hosts cloudinit.distros.ug_util "
    "cloudinit.config.schema cloudinit.gpg cloudinit.mergers.m_dict cloudinit.mergers.m_list cloudinit.mergers.m_str "
    "cloudinit.sources.DataSourceNone cryptography.hazmat.backends.openssl.backend email.generator jinja2.ext netrc"
).split()


class Zygote:
    def __init__(self):
        self.libc = ctypes.CDLL(None, use_errno=True)
        self.ended = {}
        DataSourceEc2.DataSourceEc2Local.perform_dhcp_setup = False  # networkd has asked already
        shortcuts.take()
        self.load()
        gc.collect()
        gc.freeze()  # copies share what they do not touch

    def load(self):
        """All modules that a stage would import, and answers that are the same in every server."""
        init = cloudinit_stages.Init([])
        init.read_cfg()
        for section in ("init", "config", "final"):
            for module in init.cfg[f"cloud_{section}_modules"]:
                importlib.import_module("cloudinit.config.cc_" + module.replace("-", "_"))
        for module in MODULES:
            importlib.import_module(module)
        templater.render_string("## template: jinja\n{{ warm }}", {"warm": ""})
        util.system_info()
        util.is_container()
        util.get_linux_distro()
        for answer in (util.lsb_release, util.get_dpkg_architecture):
            answer()
            answer(None)
            answer(target=None)
        self.make_default_user(init)

    def make_default_user(self, init):
        """As users-groups would; it finds the user and leaves it."""
        self.users = {path: util.load_file(path, decode=False) for path in USERS}
        users, _ = ug_util.normalize_users_groups(init.cfg, init.distro)
        self.user, options = ug_util.extract_default(users)
        self.is_new = not util.is_user(self.user)  # else the disk was a server's, and its user stays
        init.distro.create_user(self.user, **options)

    def leave_users_to(self, data):
        """User data that may say which users there are finds none. Whatever is no plain text of settings may say so."""
        if not self.is_new or data.startswith(b"#cloud-config") and b"user" not in data and b"include" not in data:
            return
        for path, content in self.users.items():
            util.write_file(path, content, preserve_mode=True)
        util.del_dir(f"/home/{self.user}")
        util.del_file("/etc/sudoers.d/90-cloud-init-users")

    def let_in(self, key):
        """Where user data has no say in it, who comes in and by which keys is known before cloud-init has asked."""
        for kind in HOST_KEYS:
            shortcuts.make_key(kind, f"/etc/ssh/ssh_host_{kind}_key")
        with open(CLOUD_CONFIG, "a") as file:
            file.write("ssh_deletekeys: false # they are this server's own\n")
        if key:
            ssh_util.setup_user_keys({key}, self.user)
        util.del_file("/run/nologin")

    def run_ahead(self, unit):
        """The first stages need nothing that systemd has yet to start."""
        self.ended[unit] = self.run(unit)

    def serve(self, ahead_of):
        """Runs stages as their units ask for them, until the last has run. ``ahead_of``: what to wait for first, by unit."""
        asked = os.open(ASKED, os.O_RDWR)
        text = b""
        while select.select([asked], [], [], IDLE_SECONDS)[0]:
            text += os.read(asked, 4096)
            while b"\n" in text:
                line, _, text = text.partition(b"\n")
                unit, process = line.decode().split()
                ahead_of.get(unit, lambda: None)()
                status = self.ended[unit] if unit in self.ended else self.run(unit, int(process))
                with open(f"/run/gate/{unit}", "w") as answer:
                    answer.write(f"{status}\n")
                if unit == "cloud-final":
                    return

    def run(self, unit, process=None):
        child = os.fork()
        if child:
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 255
        status = 1
        try:
            if process:
                self.take_place_of(process)
            random.seed()
            status = cloudinit.cmd.main.main(["cloud-init", *STAGES[unit]]) or 0
        except SystemExit as exit:
            status = exit.code if isinstance(exit.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def take_place_of(self, process):
        """The unit's environment, output and control group: what it starts and leaves behind belongs to it."""
        with open(f"/proc/{process}/cgroup") as file:
            group = file.read().strip().removeprefix("0::")
        with open(f"/sys/fs/cgroup{group}/cgroup.procs", "w") as file:
            file.write(str(os.getpid()))
        with open(f"/proc/{process}/environ") as file:
            os.environ.clear()
            os.environ.update(pair.split("=", 1) for pair in file.read().split("\0") if "=" in pair)
        handle = os.pidfd_open(process)
        for stream in (1, 2):
            os.dup2(self.libc.syscall(PIDFD_GETFD, handle, stream, 0), stream)
        os.close(handle)
