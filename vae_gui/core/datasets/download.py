"""Download one verified file: mirrors in order, a timeout on every read, all or nothing on the disk."""

import hashlib
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from vae_gui.core.errors import UserError
from vae_gui.core.files import replacing
from vae_gui.core.progress import Job, Progress

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class Digest:
    """The checksum that a file must have; `hexadecimal` in lower case."""

    algorithm: Literal["md5", "sha256"]
    hexadecimal: str

    def matches(self, path: Path) -> bool:
        """Whether the file is there and has this checksum."""
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, self.algorithm).hexdigest() == self.hexadecimal
        except OSError:
            return False


class _MirrorError(Exception):
    """Why one mirror did not deliver, in a few words."""


def download(
    urls: Sequence[str],
    target: Path,
    digest: Digest,
    size: int,
    *,
    timeout_seconds: float = 15.0,
) -> Job[Path]:
    """Write the first of `urls` that delivers `digest` to `target`.

    size: bytes of the file; the total of the progress, and what is longer is refused.
    timeout_seconds: of connecting and of every read, so also the longest that closing the job waits.
    Raises UserError if no mirror delivers or the file cannot be written; `target` is then as before.
    """
    # Where this fails, `replacing` says in words that the folder is missing.
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    with replacing(target) as file:
        for url in urls:
            try:
                yield from _fetch(url, file, target.name, digest, size, timeout_seconds)
            except _MirrorError as failure:
                failures.append(f"{_host(url)}: {failure}")
            else:
                break
        else:
            raise UserError(
                f"{target.name} cannot be downloaded ({'; '.join(failures)}): "
                "check the network connection, or choose a folder that already holds the files."
            )
    return target


def _fetch(
    url: str, file: BinaryIO, name: str, digest: Digest, size: int, timeout_seconds: float
) -> Generator[Progress, None, None]:
    """Replace the content of `file` by that of `url`; raises _MirrorError if it is not the right one."""
    file.seek(0)
    file.truncate()
    checksum = hashlib.new(digest.algorithm, usedforsecurity=False)
    done = 0
    yield Progress(0, size, f"Downloading {name}")
    with closing(_pieces(url, timeout_seconds)) as pieces:
        for piece in pieces:
            done += len(piece)
            if done > size:
                raise _MirrorError("it sent too much")
            checksum.update(piece)
            file.write(piece)
            yield Progress(done, size, f"Downloading {name}")
    if checksum.hexdigest() != digest.hexadecimal:
        raise _MirrorError("it broke off" if done < size else "it sent a different file")


def _pieces(url: str, timeout_seconds: float) -> Generator[bytes, None, None]:
    """What the server sends, as it comes; raises _MirrorError where the network does."""
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
            raise _MirrorError(f"error {error.code}") from error
    except TimeoutError as error:
        raise _MirrorError("no answer") from error
    except (OSError, HTTPException, ValueError) as error:
        raise _MirrorError("no connection") from error


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or url
