"""One web request in a process of its own: looking up a host's name cannot be interrupted, a process can."""

import struct
import subprocess
from collections.abc import Generator
from concurrent.futures import Executor, ThreadPoolExecutor, wait
from typing import IO, TYPE_CHECKING

from vae_gui.core.support import child

if TYPE_CHECKING:
    from ssl import SSLContext

_PIECE = 1 << 16
_POLL_SECONDS = 0.1
_HEAD = struct.Struct(
    "<cI"
)  # of each message that the process sends: its kind, the length of its content
UNCHECKED = "its certificate cannot be checked"
_CONTENT, _REASON, _END = b"+", b"!", b"."


class FetchError(Exception):
    """The reason why a server did not deliver, in a few words."""


def fetch(url: str, timeout_seconds: float) -> Generator[bytes, None, None]:
    """Yield what the server sends as it arrives, and b"" many times a second while nothing does.

    timeout_seconds: of connecting and of every read. Closing the generator ends the request at once.
    Raises FetchError where the network or the server fails.
    """
    process = child.start(__name__, url, str(timeout_seconds), stdout=subprocess.PIPE)
    assert process.stdout is not None
    with ThreadPoolExecutor(1) as reader, process:
        try:
            yield from _receive(process.stdout, reader)
        finally:
            process.kill()  # the reader finds the end of its pipe


def _receive(stream: IO[bytes], reader: Executor) -> Generator[bytes, None, None]:
    while True:
        message = reader.submit(_read, stream)
        while not wait([message], _POLL_SECONDS).done:
            yield b""
        kind, content = message.result()
        if kind == _END:
            return
        if kind == _REASON:
            raise FetchError(content.decode())
        yield content


def _read(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """Wait for a message: its kind and its content."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise FetchError("no connection")
    kind, length = _HEAD.unpack(head)
    return kind, stream.read(length)


def main(arguments: list[str]) -> int:
    """arguments: the URL and the seconds. Send the content in pieces, then the end or the reason why there is none."""
    source, sink = child.own_pipes()
    child.end_with_the_parent(source.fileno())

    def send(kind: bytes, content: bytes = b"") -> None:
        sink.write(_HEAD.pack(kind, len(content)) + content)
        sink.flush()

    try:
        for piece in _pieces(arguments[0], float(arguments[1])):
            send(_CONTENT, piece)
        send(_END)
    except FetchError as failure:
        send(_REASON, str(failure).encode())
    return 0


def _pieces(url: str, timeout_seconds: float) -> Generator[bytes, None, None]:
    from http.client import HTTPException
    from ssl import SSLCertVerificationError
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=timeout_seconds, context=trusted()) as response:
            # read1 returns after one receive; read would sit out a trickle until the piece is full.
            while piece := response.read1(_PIECE):
                yield piece
    except HTTPError as error:
        with error:
            raise FetchError(f"error {error.code}") from error
    except TimeoutError as error:
        raise FetchError("no answer") from error
    except (OSError, HTTPException, ValueError) as error:
        unchecked = isinstance(getattr(error, "reason", None), SSLCertVerificationError)
        raise FetchError(UNCHECKED if unchecked else "no connection") from error


def trusted() -> "SSLContext":
    """Return what trusts whom this machine trusts, and Mozilla's list: Python's installer for a Mac brings no list."""
    import ssl

    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
