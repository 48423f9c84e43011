#!/usr/bin/env python3
"""Says what a sample lacks on this machine, before it starts: curl, and its ports.

    python3 envoy/preflight.py < envoy/envoy.yaml

reads the addresses from what it is given, and fails if somebody else listens at one of them. Envoy
itself would not always: it shares a port with other Envoys, and each gets some of the requests.
"""

import errno
import re
import shutil
import socket
import sys
import textwrap
from pathlib import Path

# As Envoy's files and URLs write it.
ADDRESS = re.compile(r"(\d+\.\d+\.\d+\.\d+)(?:, port_value: |:)(\d+)")
# The state of a socket that listens, in /proc/net/tcp.
LISTENS = "0A"


def is_taken(address, port):
    """Whether nobody can listen here, because somebody does."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
            probe.listen()
        except OSError as error:
            return error.errno == errno.EADDRINUSE
    return False


def sockets_at(port):
    """What /proc calls the sockets that listen at a port."""
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        path = Path(table)
        rows = path.read_text().splitlines()[1:] if path.exists() else []
        for _, local, _, state, *rest in map(str.split, rows):
            if state == LISTENS and int(local.rpartition(":")[2], 16) == port:
                yield f"socket:[{rest[5]}]"


def has_open(process, sockets):
    """Whether a process has one of these sockets; not of those that others started."""
    try:
        return any(str(file.readlink()) in sockets for file in (process / "fd").iterdir())
    except OSError:
        return False


def holders_of(port):
    """The processes that listen at a port, as far as this user may know: numbers and command lines."""
    sockets = set(sockets_at(port))
    for process in Path("/proc").glob("[0-9]*"):
        if has_open(process, sockets):
            words = (process / "cmdline").read_text(errors="replace").rstrip("\0").split("\0")
            command = " ".join([Path(words[0]).name, *words[1:]])
            yield process.name, textwrap.shorten(command, 70, placeholder=" …")


def main():
    if not shutil.which("curl"):
        sys.exit("The sample needs curl, and so do the commands that it says to type.")
    addresses = sorted({(address, int(port)) for address, port in ADDRESS.findall(sys.stdin.read())})
    taken = sorted({port for address, port in addresses if is_taken(address, port)})
    if not taken:
        return
    lines, found = [], {}
    for port in taken:
        holders = dict(holders_of(port))
        found |= holders
        said = [f"process {number}: {command}" for number, command in holders.items()]
        lines += [f"  {port}  {who}" for who in said or ["by whom only root can see: sudo ss -ltnp"]]
    end = f"End what holds them, such as by: kill {' '.join(found)}" if found else "End what holds them"
    sys.exit("\n".join(["The sample does not start: somebody has its ports.", *lines, f"{end}\nThen type it again."]))


if __name__ == "__main__":
    main()
