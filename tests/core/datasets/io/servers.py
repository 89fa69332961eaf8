"""A web server on this machine whose paths name its manners: /good/FILE, /truncated/FILE, …"""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


@dataclass
class Server:
    """files: what can be asked for. asked: the paths that were, in order."""

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def url(self, manner: str, name: str = "") -> str:
        return f"{self.address}/{manner}/{name}"


@contextmanager
def serving(certificate: Path | None = None) -> Iterator[Server]:
    """A server in a thread of its own, gone with all its threads at the end of the block.

    certificate: a file with one and its key, for a server whose answers are encrypted.
    """
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with suppress(ConnectionError):
                _answer(self, server)

        def log_message(self, format: str, *args: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = False  # so that server_close waits for them
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        http.socket = context.wrap_socket(http.socket, server_side=True)
    server.address = f"http{'s' if certificate else ''}://127.0.0.1:{http.server_port}"
    thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        http.server_close()
        thread.join()


def _answer(handler: BaseHTTPRequestHandler, server: Server) -> None:
    _, manner, name = handler.path.split("/")
    server.asked.append(handler.path)
    content = server.files.get(name)
    if content is None:
        handler.send_error(404)
        return
    sent, length = _manner(manner, content)
    if manner == "silent":
        server.closing.wait()
        return
    if manner == "nonsense":
        handler.wfile.write(b"this is not HTTP\r\n\r\n")
        return
    if manner == "elsewhere":
        handler.send_response(302)
        handler.send_header("Location", "file:///etc/hostname")
        handler.end_headers()
        return
    handler.send_response(200)
    if length is not None:
        handler.send_header("Content-Length", str(length))
    handler.end_headers()
    handler.wfile.write(sent)
    if manner == "stalled":
        handler.wfile.flush()
        server.closing.wait()
    while manner == "endless" and not server.closing.is_set():
        handler.wfile.write(content)


def _manner(manner: str, content: bytes) -> tuple[bytes, int | None]:
    """What is sent, and the length that is claimed."""
    half = content[: len(content) // 2]
    return {
        "truncated": (half, len(content)),
        "stalled": (half, len(content)),
        "wrong": (bytes(len(content)), len(content)),
        "claims_less": (content, len(content) // 2),
        "claims_more": (content, 10 * len(content)),
        "longer": (content + b"more", len(content) + 4),
        "endless": (content, None),
        "without_length": (content, None),
    }.get(manner, (content, len(content)))
