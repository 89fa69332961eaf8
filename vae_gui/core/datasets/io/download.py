"""Download one verified file: mirrors in order, a timeout on every read, all or nothing on the disk."""

import hashlib
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from vae_gui.core.datasets.io.fetch import UNCHECKED, FetchError, fetch
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.progress import Job, Progress

_MAX_BYTES = 2 * 2**30  # more than any download


@dataclass(frozen=True, slots=True)
class Digest:
    """The checksum that a file must have; `hexadecimal` in lower case.

    Files that collide in MD5 can be made, so an MD5 is enough only for what comes encrypted.
    """

    algorithm: Literal["md5", "sha256"]
    hexadecimal: str

    def matches(self, path: Path) -> bool:
        """Say whether the file is there and has this checksum."""
        try:
            with open_checked(path, _MAX_BYTES) as file:
                return hashlib.file_digest(file, self.algorithm).hexdigest() == self.hexadecimal
        except UserError:
            return False


def download(
    urls: Sequence[str],
    target: Path,
    digest: Digest,
    size: int,
    *,
    timeout_seconds: float = 15.0,
) -> Job[Path]:
    """Write the first of `urls` that delivers `digest` to `target`.

    Those without encryption are asked last, and only for a SHA-256.
    size: bytes of the file; the total of the progress, and what is longer is refused.
    timeout_seconds: of connecting and of every read; closing the job does not wait for it.
    Raises UserError if no mirror delivers or the file cannot be written; `target` is then as before.
    """
    # Where this fails, `replacing` says in words that the folder is missing.
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
    failures: list[str] = []
    with atomic_write(target) as file:
        for url in _trusted(urls, digest):
            try:
                yield from _fetch(url, file, target.name, digest, size, timeout_seconds)
            except FetchError as failure:
                failures.append(f"{_host(url)}: {failure}")
            else:
                break
        else:
            raise UserError(
                f"{target.name} cannot be downloaded ({'; '.join(failures)}): {_advice(failures)}, "
                "or choose a folder that already holds the files."
            )
    return target


def _fetch(
    url: str, file: BinaryIO, name: str, digest: Digest, size: int, timeout_seconds: float
) -> Generator[Progress, None, None]:
    """Replace the content of `file` by that of `url`; raises FetchError if it is not the right one."""
    file.seek(0)
    file.truncate()
    checksum = hashlib.new(digest.algorithm, usedforsecurity=False)
    done = 0
    yield Progress(0, size, f"Downloading {name}")
    with closing(fetch(url, timeout_seconds)) as pieces:
        for piece in pieces:
            done += len(piece)
            if done > size:
                raise FetchError("it sent too much")
            checksum.update(piece)
            file.write(piece)
            yield Progress(done, size, f"Downloading {name}")
    if checksum.hexdigest() != digest.hexadecimal:
        raise FetchError("it broke off" if done < size else "it sent a different file")


def _trusted(urls: Sequence[str], digest: Digest) -> list[str]:
    encrypted = [url for url in urls if url.startswith("https:")]
    plain = [url for url in urls if url not in encrypted]
    return encrypted + (plain if digest.algorithm == "sha256" else [])


def _advice(failures: Sequence[str]) -> str:
    if any(failure.endswith(UNCHECKED) for failure in failures):
        return "check the date of this computer, and ask who runs the network whether it opens what is encrypted"
    return "check the network connection"


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname or url
