"""Nothing in the tests asks anybody but this machine (promise R14: the app works without a network)."""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_LOCAL_NAMES = ("", "localhost")
_asked: list[str] = []


@contextmanager
def nobody_asked() -> Iterator[list[str]]:
    """What this process asks meanwhile: addresses and names that are not of this machine."""
    _asked.clear()
    yield _asked


def watch() -> None:
    """From now on; a hook of the interpreter cannot be taken back."""
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event == "socket.connect" and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    if not _is_local(name):
        _asked.append(f"{event} {name}")


def _is_local(name: str) -> bool:
    if name in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
