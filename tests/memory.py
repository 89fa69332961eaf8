"""The memory that a process of the tests holds: its bound, and what keeps glibc from holding what was freed."""

import ctypes
import gc
import re
import sys
from pathlib import Path

MAX_BYTES = 1_200_000_000  # three such processes and their children fit on a laptop of 8 GB
_STATUS = Path("/proc/self/status")

# What mallopt sets, of malloc.h.
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_ARENAS = 2
_LARGE = 1 << 20


def save() -> None:
    """Let glibc return large blocks when they are freed, and give new threads no arenas of their own.

    It would keep blocks of up to 32 MB, and what each of the many threads of the tests has freed.
    """
    if libc := _glibc():
        libc.mallopt(_M_ARENA_MAX, _ARENAS)
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)


def give_back() -> None:
    """Return what is freed to the system."""
    if libc := _glibc():
        libc.malloc_trim(0)


def held_bytes() -> int:
    """Return the bytes that the process holds for itself; 0 where the system does not tell.

    The pages of files are left out, 0.4 GB of torch and Qt: the processes of the tests share them, and the system
    drops them when it needs room.
    """
    if not _STATUS.exists():
        return 0
    found = re.search(r"RssAnon:\s*(\d+) kB", _STATUS.read_text())
    return 1024 * int(found[1]) if found else 0


def check(path: Path, most: int = MAX_BYTES) -> None:
    """Give back what is freed, and fail if the process holds too much after the tests of `path`."""
    gc.unfreeze()  # what died only after it was spared from collections
    gc.collect()
    give_back()
    held = held_bytes()
    assert held <= most, (
        f"after {path.name} the tests hold {held / 1e9:.2f} GB, {most / 1e9:.2f} GB are allowed: "
        "let go of what this file, or one before it in this process, keeps"
    )


def _glibc() -> ctypes.CDLL | None:
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return libc if hasattr(libc, "malloc_trim") else None  # not in musl
