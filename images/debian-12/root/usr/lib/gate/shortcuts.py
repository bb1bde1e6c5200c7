"""What cloud-init does often or in slow ways, done once or in this process: the same results, without parsing and programs.

Under emulation a program's start costs 50 ms and a second's worth of Python ten; a launch has no time for either.
"""
import base64
import errno
import glob
import grp
import hashlib
import os
import pickle
import socket
import time

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

import cloudinit.cmd.main
from cloudinit import netinfo, safeyaml, subp, url_helper, util
from cloudinit.config import cc_set_passwords
from cloudinit.distros import Distro

METADATA = ("169.254.169.254", 80)
METADATA_URL = f"http://{METADATA[0]}/"
NETWORK_SECONDS = 60
SCRIPTS = "/var/lib/cloud/instance/scripts"
FINGERPRINTS = "/usr/lib/cloud-init/write-ssh-key-fingerprints"


def remember_yaml():
    """The same few files are read a dozen times; one content has one meaning."""
    load, known = safeyaml.load, {}

    def remembered(blob):
        if blob not in known:
            known[blob] = pickle.dumps(load(blob))
        return pickle.loads(known[blob])

    safeyaml.load = remembered


class Metadata:
    """Stands in for requests.Session: asks the metadata service over one connection, and everybody else as ever."""

    connection = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def request(self, method, url, headers=None, timeout=None, **options):
        if not url.startswith(METADATA_URL) or options.get("data"):
            return requests.sessions.Session().request(method, url, headers=headers, timeout=timeout, **options)
        lines = [f"{method} /{url[len(METADATA_URL):]} HTTP/1.1", f"Host: {METADATA[0]}", "Content-Length: 0"]
        question = "\r\n".join(lines).encode() + b"\r\n"
        for name, value in (headers or {}).items():
            question += name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"
        question += b"\r\n"
        try:
            status, content = self.ask(question, timeout)
        except (OSError, EOFError, KeyError, ValueError) as error:  # the network's, or an answer that is none
            Metadata.connection = None
            kind = requests.exceptions.Timeout if isinstance(error, TimeoutError) else requests.exceptions.ConnectionError
            raise kind(error) from error
        response = requests.Response()
        response.status_code, response._content, response.url, response.encoding = status, content, url, "utf-8"
        return response

    def ask(self, question, timeout):
        fresh = Metadata.connection is None
        if fresh:
            Metadata.connection = connect(timeout)
        try:
            Metadata.connection.sendall(question)
            head, _, content = self.receive(b"", lambda got: b"\r\n\r\n" in got).partition(b"\r\n\r\n")
        except (BrokenPipeError, ConnectionResetError, EOFError):
            Metadata.connection = None
            if fresh:
                raise
            return self.ask(question, timeout)  # the service had closed it meanwhile
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
        length = int(fields[b"content-length"])
        content = self.receive(content, lambda got: len(got) >= length)
        if fields.get(b"connection", b"").lower() == b"close":
            Metadata.connection = None
        return int(head.split(b" ", 2)[1]), content

    def receive(self, got, complete):
        while not complete(got):
            some = Metadata.connection.recv(65536)
            if not some:
                raise EOFError
            got += some
        return got


def connect(timeout=None):
    """The first one comes before the address does: a network that is not there yet is no failure."""
    deadline = time.monotonic() + NETWORK_SECONDS
    while True:
        try:
            connection = socket.create_connection(METADATA, timeout=timeout or 5)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        except OSError as error:
            if error.errno != errno.ENETUNREACH or time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def make_key(kind, path):
    """ssh-keygen(1) for an empty passphrase. OpenSSL's generator begins anew in each copy of a process."""
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)
    with open(os.open(path + ".pub", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "wb") as file:
        file.write(public + f" root@{socket.gethostname()}\n".encode())


def show_keys(hidden_fingerprints, hidden_keys):
    """What write-ssh-key-fingerprints prints."""
    keys = []
    for path in sorted(glob.glob("/etc/ssh/ssh_host_*key.pub")):
        with open(path) as file:
            keys.append((file.read().strip() + "  ").split(" ", 2))
    lines = []
    shown = [(kind, blob, note) for kind, blob, note in keys if kind not in hidden_fingerprints.split(",")]
    if shown:
        lines += ["#" * 61, "-----BEGIN SSH HOST KEY FINGERPRINTS-----"]
        for kind, blob, note in shown:
            digest = base64.b64encode(hashlib.sha256(base64.b64decode(blob)).digest()).decode().rstrip("=")
            name, bits = ("ED25519", 256) if kind == "ssh-ed25519" else ("ECDSA", kind[-3:])
            lines.append(f"{bits} SHA256:{digest} {note.strip()} ({name})")
        lines += ["-----END SSH HOST KEY FINGERPRINTS-----", "#" * 61]
        lines = [f"<14>{time.strftime('%b %e %H:%M:%S')} cloud-init: {line}" for line in lines]
    shown = [f"{kind} {blob} {note.strip()}" for kind, blob, note in keys if kind not in hidden_keys.split(",")]
    return lines + (["-----BEGIN SSH HOST KEY KEYS-----", *shown, "-----END SSH HOST KEY KEYS-----"] if shown else [])


def run_in_process():
    run = subp.subp

    def shorter(args, *rest, **options):
        match args:
            case ["ssh-keygen", "-t", ("ed25519" | "ecdsa") as kind, "-N", "", "-f", path]:
                make_key(kind, path)
                return subp.SubpResult("", "")
            case ["hostname", name]:
                socket.sethostname(name)
                return subp.SubpResult("", "")
            case ["passwd", "-l", name] if any(line.startswith(f"{name}:!") for line in open("/etc/shadow")):
                return subp.SubpResult("", "")  # as useradd leaves it
            case [tool, fingerprints, keys] if tool == FINGERPRINTS and not glob.glob("/etc/ssh/ssh_host_[rd]sa_key.pub"):
                return subp.SubpResult("\n".join(show_keys(fingerprints, keys)) + "\n", "")
        return run(args, *rest, **options)

    subp.subp = shorter


def copy_output():
    """A copy of this process does what tee(1) does, unless scripts follow whose children may keep it for long."""
    redirect = util.redirect_output

    def copied(outfmt, errfmt, *rest):
        match (outfmt or "").split():
            case ["|", "tee", "-a", path] if outfmt == errfmt and not rest and not (os.path.isdir(SCRIPTS) and os.listdir(SCRIPTS)):
                come, go = os.pipe()
                if os.fork() == 0:
                    os.close(go)
                    tee(come, path)
                for stream in (1, 2):
                    os.dup2(go, stream)
                os.close(come)
                os.close(go)
            case _:
                redirect(outfmt, errfmt, *rest)

    util.redirect_output = copied


def tee(come, path):
    try:
        os.umask(0o037)
        os.setgid(grp.getgrnam("adm").gr_gid)
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
        while some := os.read(come, 65536):
            os.write(1, some)
            os.write(log, some)
    finally:
        os._exit(0)


def validate_user_data():
    """The image's own settings are known to be valid; only user data can have something to report."""
    validate = cloudinit.cmd.main.validate_cloudconfig_schema

    def validated(*rest, **options):
        with open("/var/lib/cloud/instance/user-data.txt", "rb") as file:
            begin = file.read(2)
        if begin and begin != b"#!":
            validate(*rest, **options)

    cloudinit.cmd.main.validate_cloudconfig_schema = validated


def write_rules_once():
    """The default user has got them before the gate."""
    write = Distro.write_sudo_rules

    def written(self, user, rules, sudo_file=None):
        path = sudo_file or self.ci_sudoers_fn
        if not os.path.exists(path) or f"# User rules for {user}\n" not in util.load_file(path):
            write(self, user, rules, sudo_file)

    Distro.write_sudo_rules = written


def take():
    remember_yaml()
    write_rules_once()
    run_in_process()
    copy_output()
    validate_user_data()
    url_helper.requests.Session = Metadata
    resolvable = util.is_resolvable_url
    util.is_resolvable_url = lambda url: f"{url}/".startswith(METADATA_URL) or resolvable(url)
    netinfo.debug_info = lambda: ""  # tables for the console that take four programs to make
    change = cc_set_passwords.handle_ssh_pwauth
    cc_set_passwords.handle_ssh_pwauth = lambda wanted, distro: None if wanted is None else change(wanted, distro)
