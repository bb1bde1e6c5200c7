"""Runs a client that is written in Python, the AWS CLI or scripts with boto3, each time in a process of its own that is forked from this one.

A start of Python with either of them takes most of a second of processor, and tests call them thousands of times. Here one is
loaded once, and what runs is the client as it is installed. Arguments: the socket to listen on, the modules to load (Debian's AWS CLI
brings another botocore than boto3 has, so a process is for one of them). Ends with its standard input.

A request is a JSON object and the end of the sending side: "arguments" of the AWS CLI or a "script", "environment" to add,
"seconds" that it may take. The answer is a JSON object: "code", "output", "errors"; a client that took too long has no code.
"""
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import traceback


def run_client(request):
    """The client itself, in its own process; answers its exit code."""
    os.environ.update(request["environment"])
    try:
        if "script" in request:
            sys.argv = ["-"]
            exec(compile(request["script"], "<script>", "exec"), {"__name__": "__main__"})
            return 0
        sys.argv = ["aws", *request["arguments"]]
        return sys.modules["awscli.clidriver"].main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        traceback.print_exc()
        return 1


def look_every_second(waiter_config):
    """The CLI's waiters look every 15 seconds and have no option for that: these wait as long, and look more often."""
    read = waiter_config.__init__

    def read_and_hurry(self, *arguments):
        read(self, *arguments)
        self.max_attempts, self.delay = self.max_attempts * self.delay, 1

    waiter_config.__init__ = read_and_hurry


def start(request, output, errors):
    """Forks the client; answers its process id."""
    process = os.fork()
    if process == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setpgid(0, 0)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(errors, 2)
        code = run_client(request)
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code & 0xFF)
    return process


def wait_for(process, seconds):
    """The exit code; none when the client was killed for taking too long."""
    deadline = time.monotonic() + seconds
    descriptor = os.pidfd_open(process)
    if not select.select([descriptor], [], [], max(0, deadline - time.monotonic()))[0]:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        return None
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def written(descriptor):
    os.lseek(descriptor, 0, os.SEEK_SET)
    with open(descriptor, "rb") as file:
        return file.read().decode(errors="replace")


def serve(connection):
    """One request, in a process that waits for its client."""
    with connection, connection.makefile("rb") as sent:
        request = json.loads(sent.read())
        output, errors = os.memfd_create("output"), os.memfd_create("errors")
        code = wait_for(start(request, output, errors), request["seconds"])
        connection.sendall(json.dumps({"code": code, "output": written(output), "errors": written(errors)}).encode())


def main():
    if os.environ.get("LC_CTYPE", "") == "UTF-8":
        os.environ["LC_CTYPE"] = "en_US.UTF-8"
    for module in sys.argv[2:]:
        importlib.import_module(module)
    if "awscli.clidriver" in sys.modules:
        look_every_second(importlib.import_module("botocore.waiter").SingleWaiterConfig)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(sys.argv[1])
        listener.listen(64)
        print("ready", flush=True)
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                os.unlink(sys.argv[1])
                return
            connection, _ = listener.accept()
            with connection:
                if os.fork() == 0:
                    listener.close()
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    serve(connection)
                    os._exit(0)


main()
