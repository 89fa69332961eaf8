"""Processes of a test: which there are, and whether one still runs."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from tests.waiting import WAIT_SECONDS


def children(pid: int | None = None) -> set[int]:
    """The processes of this one, or of `pid`, that still run."""
    found = psutil.Process(pid).children()
    return {child.pid for child in found if is_running(child.pid)}


def family(pid: int | None = None) -> set[int]:
    """This process or `pid`, its children, theirs, and so on."""
    below = children(pid)
    return {pid or os.getpid()}.union(*map(family, below))


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until(true: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def listening(pids: set[int]) -> set[str]:
    """The addresses, as the kernel writes them, on which these processes wait for connections."""
    inodes = set()
    for pid in pids:
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            target = str(entry.readlink()) if entry.is_symlink() else ""
            inodes.add(target.removeprefix("socket:[").removesuffix("]"))
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and fields[9] in inodes:
                found.add(fields[1])
    return found
