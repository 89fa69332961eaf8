"""EMNIST letters: 145 600 handwritten letters, both cases in one class (Cohen et al. 2017)."""

import string
import zipfile
import zlib
from collections.abc import Generator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from vae_gui.core.datasets.base import DatasetEntry, ImageData, Split
from vae_gui.core.datasets.io.download import Digest, download
from vae_gui.core.datasets.io.idx_folder import (
    IdxFiles,
    find_file,
    read_class_labels,
    read_square_images,
)
from vae_gui.core.datasets.io.mirrored import as_part
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked, remove_file
from vae_gui.core.support.progress import Job, Progress

NAME, TITLE, SIDE = "emnist-letters", "EMNIST letters", 28
CLASS_NAMES = tuple(string.ascii_uppercase)
FIRST_LABEL = 1
FOLDER = "EMNIST"
ARCHIVE = "gzip.zip"
ARCHIVE_BYTES = 561_753_746
URL = "https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip"
DIGEST = Digest("md5", "58c8d27c78d21e728a6bc7b3cc06412e")  # as torchvision lists it
FILES = tuple(
    f"emnist-letters-{split}-{kind}-ubyte"
    for split in ("train", "test")
    for kind in ("images-idx3", "labels-idx1")
)
# The largest of the four is about 30 MB; what claims more is not it.
_MAX_MEMBER_BYTES = 10**8
_PIECE = 1 << 20


def find(folder: Path) -> bool:
    """Say whether the four files of the letters are in `folder`, raw or gzipped."""
    return _find_files(folder) is not None


def load(folder: Path, fetch: bool) -> Job[ImageData]:
    """Read the letters in `folder`, after getting them out of the archive of all of EMNIST if `fetch` is true."""
    files = _find_files(folder)
    if files is None:
        if not fetch:
            raise UserError(
                f"“{folder}” does not hold the four files of {TITLE} ({', '.join(FILES)}): "
                "choose the folder that holds them, or download them."
            )
        files = yield from _fetch(folder)
    yield Progress(0, 2, f"Reading {TITLE}")
    train = _read_split(files.train_images, files.train_labels)
    yield Progress(1, 2, f"Reading {TITLE}")
    test = _read_split(files.test_images, files.test_labels)
    return ImageData(NAME, TITLE, train, test, CLASS_NAMES)


def _read_split(images_path: Path, labels_path: Path) -> Split:
    """The files hold the letters mirrored at the diagonal, and count them from 1 (pytorch/vision#8783)."""
    images = np.ascontiguousarray(read_square_images(images_path, SIDE).transpose(0, 2, 1))
    labels = read_class_labels(labels_path, len(images), len(CLASS_NAMES), FIRST_LABEL)
    return Split(images, labels)


def _find_files(folder: Path) -> IdxFiles | None:
    """The names say what the files are, so that every layout in which they go around will do."""
    for place in ("", "raw", "gzip", FOLDER, f"{FOLDER}/raw", f"{FOLDER}/raw/gzip", NAME):
        paths = [
            path
            for name in FILES
            if (path := find_file(folder / place, (name, f"{name}.gz"))) is not None
        ]
        if len(paths) == len(FILES):
            return IdxFiles(*paths)
    return None


def _fetch(folder: Path) -> Job[IdxFiles]:
    """Download the archive, unless a whole one is there, and take the letters out of it."""
    yield Progress(0, ARCHIVE_BYTES, f"Looking for {TITLE}")
    raw = folder / FOLDER / "raw"
    archive = raw / ARCHIVE
    was_there = DIGEST.matches(archive)
    if not was_there:
        job = download([URL], archive, DIGEST, ARCHIVE_BYTES)
        yield from as_part(job, TITLE, 0, ARCHIVE_BYTES)
    paths = yield from _extract(archive, raw)
    if not was_there:
        # It is many times as large as the letters, and nothing else is read from it.
        with suppress(OSError):
            remove_file(archive)
    return IdxFiles(*paths)


def _extract(archive: Path, folder: Path) -> Job[list[Path]]:
    """Write the four files, still gzipped, to `folder`, under names of ours."""
    paths = []
    for index, name in enumerate(FILES):
        path = folder / f"{name}.gz"
        with (
            open_checked(archive, largest=2 * ARCHIVE_BYTES) as file,
            closing(_member(file, f"gzip/{name}.gz")) as pieces,
            atomic_write(path) as target,
        ):
            for piece in pieces:
                yield Progress(index, len(FILES), f"Unpacking {TITLE}")
                target.write(piece)
        paths.append(path)
    return paths


def _member(file: BinaryIO, name: str) -> Generator[bytes, None, None]:
    """Read one file of the archive in pieces."""
    try:
        with zipfile.ZipFile(file) as archive, archive.open(name) as member:
            done = 0
            while piece := member.read(_PIECE):
                done += len(piece)
                if done > _MAX_MEMBER_BYTES:
                    raise zipfile.BadZipFile("a member is too large")
                yield piece
    except (
        zipfile.BadZipFile,
        zlib.error,
        KeyError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise UserError(
            f"The letters cannot be taken out of “{ARCHIVE}”: delete the file, then download {TITLE} again."
        ) from error


ENTRY = DatasetEntry(
    name=NAME,
    title=TITLE,
    things="handwritten letters",
    centred=True,
    description="145,600 handwritten letters, capital and small in one class; the archive is 562 MB to download.",
    train_images=124_800,
    test_images=20_800,
    side=SIDE,
    class_names=CLASS_NAMES,
    download_bytes=ARCHIVE_BYTES,
    find=find,
    load=load,
)
