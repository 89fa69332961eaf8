"""One web request in a process of its own: looking up a host's name cannot be interrupted, a process can."""

import multiprocessing
from collections.abc import Generator
from multiprocessing.connection import Connection

_PIECE = 1 << 16
_POLL_SECONDS = 0.1
# The first byte of each message that the process sends.
_CONTENT, _REASON, _END = b"+", b"!", b"."


class FetchError(Exception):
    """Why a server did not deliver, in a few words."""


def fetch(url: str, timeout_seconds: float) -> Generator[bytes, None, None]:
    """What the server sends, as it comes, and b"" many times a second while nothing does.

    timeout_seconds: of connecting and of every read. Closing the generator ends the request at once.
    Raises FetchError where the network or the server fails.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_request, args=(url, timeout_seconds, sender), daemon=True)
    try:
        process.start()
        sender.close()
        yield from _receive(receiver)
    finally:
        sender.close()
        receiver.close()
        if process.pid is not None:
            process.kill()
            process.join()
        process.close()


def _receive(receiver: Connection) -> Generator[bytes, None, None]:
    while True:
        while not receiver.poll(_POLL_SECONDS):
            yield b""
        try:
            message = receiver.recv_bytes()
        except (EOFError, OSError) as error:
            raise FetchError("no connection") from error
        kind, content = message[:1], message[1:]
        if kind == _END:
            return
        if kind == _REASON:
            raise FetchError(content.decode())
        yield content


def _request(url: str, timeout_seconds: float, sender: Connection) -> None:
    """Runs in the process: send the content in pieces, then the end or the reason why there is none."""
    try:
        for piece in _pieces(url, timeout_seconds):
            sender.send_bytes(_CONTENT + piece)
        sender.send_bytes(_END)
    except FetchError as failure:
        sender.send_bytes(_REASON + str(failure).encode())
    except (BrokenPipeError, KeyboardInterrupt):
        pass  # nobody listens any more


def _pieces(url: str, timeout_seconds: float) -> Generator[bytes, None, None]:
    from http.client import HTTPException
    from urllib.error import HTTPError
    from urllib.request import urlopen

    try:
        with urlopen(url, timeout=timeout_seconds) as response:
            # read1 returns after one receive; read would sit out a trickle until the piece is full.
            while piece := response.read1(_PIECE):
                yield piece
    except HTTPError as error:
        with error:
            raise FetchError(f"error {error.code}") from error
    except TimeoutError as error:
        raise FetchError("no answer") from error
    except (OSError, HTTPException, ValueError) as error:
        raise FetchError("no connection") from error
