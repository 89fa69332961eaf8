"""Damaged and hostile files are refused with a sentence, in little memory."""

import json
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tests.core.storage.workspaces import full_workspace, same
from vae_gui.core.storage import verified_container as sealed
from vae_gui.core.storage.workspace import load, save
from vae_gui.core.support.errors import UserError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.vae"


def header_of(content: bytes) -> tuple[int, dict[str, dict[str, object]]]:
    length = int.from_bytes(content[:8], "little")
    return length, json.loads(content[8 : 8 + length])


def with_header(content: bytes, header: object) -> bytes:
    length, _ = header_of(content)
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + length :]


@pytest.mark.parametrize(
    ("version", "words"), [("2", "newer version"), ("0", "damaged"), ("x", "damaged")]
)
def test_another_version_is_refused_with_a_sentence(path: Path, version: str, words: str) -> None:
    save(full_workspace(), path)
    _, header = header_of(path.read_bytes())
    header["__metadata__"]["version"] = version
    path.write_bytes(with_header(path.read_bytes(), header))
    with pytest.raises(UserError, match=words):
        load(path)


def mutated(content: bytes, random: np.random.Generator) -> bytes:
    """A flipped bit, an overwritten, removed, doubled or moved run of bytes, or a shorter file."""
    data = bytearray(content)
    start, end = sorted(random.integers(0, len(data) + 1, 2).tolist())
    kind = random.integers(0, 6)
    if kind <= 1:
        data[random.integers(0, len(data))] ^= 1 << random.integers(0, 8)
    elif kind == 2:
        length = int(random.integers(1, 9))
        data[start : start + length] = random.bytes(length)
    elif kind == 3:
        del data[start:end]
    elif kind == 4:
        data[start:start] = data[start:end]
    else:
        del data[start:]
    return bytes(data)


def test_a_damaged_file_is_refused_or_harmless(path: Path) -> None:
    original = full_workspace(width=8)
    save(original, path)
    content = path.read_bytes()
    random = np.random.default_rng(5)
    refused, harmless = 0, 0
    for _ in range(4000):
        path.write_bytes(mutated(content, random))
        try:
            loaded = load(path)
        except UserError:
            refused += 1
            continue
        assert same(loaded, original)
        harmless += 1
    assert refused > 3000 and harmless < 200


def hostile_headers(content: bytes) -> dict[str, bytes]:
    length, header = header_of(content)
    name = "weights/encoder.weight"

    def tensor(**changes: object) -> bytes:
        return with_header(content, {**header, name: {**header[name], **changes}})

    end = len(content) - 8 - length
    metadata = header["__metadata__"]
    return {
        "no bytes": b"",
        "seven bytes": content[:7],
        "a header of 2^63 bytes": (2**63).to_bytes(8, "little") + content[8:],
        "a header of 2^32 bytes": (2**32).to_bytes(8, "little") + content[8:],
        "2^32 items": tensor(shape=[2**32]),
        "2^32 items and their place": tensor(shape=[2**32], data_offsets=[0, 2**34]),
        "a product that wraps to the right size": tensor(shape=[2**32, 2**32, 128]),
        "10^9 items in no bytes": tensor(shape=[0, 10**9, 10**9, 10**9], data_offsets=[0, 0]),
        "a hundred thousand dimensions": tensor(shape=[2**62] * 100_000),
        "no dimensions": tensor(shape=None),
        "a negative shape": tensor(shape=[-16, -8]),
        "the place of another tensor": tensor(data_offsets=[0, 512]),
        "a place behind the end": tensor(data_offsets=[end, end + 512]),
        "a backward place": tensor(data_offsets=[512, 0]),
        "a half place": tensor(data_offsets=[512]),
        "an unknown type": tensor(dtype="PICKLE"),
        "a type that is no text": tensor(dtype=["F32"]),
        "deep lists": with_header(content, b"[" * 2_000_000 + b"]" * 2_000_000),
        "deep objects": with_header(content, b'{"a":' * 90_000 + b"1" + b"}" * 90_000),
        "a deep document": with_header(
            content, {**header, "__metadata__": {**metadata, "document": "[" * 90_000}}
        ),
        "a million lists": with_header(content, b"[" + b"[]," * 1_000_000 + b"[]]"),
        "a number of many digits": with_header(content, b'{"a":' + b"9" * 1_000_000 + b"}"),
        "a header that is not UTF-8": with_header(content, b'{"\xff": 1}'),
        "a header that is a list": with_header(content, []),
        "no metadata": with_header(content, {name: header[name]}),
        "metadata that is a list": with_header(content, {**header, "__metadata__": []}),
        "a lone surrogate": with_header(
            content, {**header, "__metadata__": {**metadata, "document": "\ud800"}}
        ),
        "bytes after the end": content + b"\0",
        "a file of another kind": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    }


def test_hostile_headers_are_refused_in_little_memory(path: Path) -> None:
    save(full_workspace(), path)
    files = hostile_headers(path.read_bytes())
    tracemalloc.start()
    try:
        for name, content in files.items():
            path.write_bytes(content)
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            with pytest.raises(UserError, match="damaged"):
                load(path)
                pytest.fail(name)
            assert tracemalloc.get_traced_memory()[1] - before < 40 * 2**20, name
    finally:
        tracemalloc.stop()


def test_a_file_larger_than_any_workspace_is_refused_unread(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(sealed.MAX_FILE_BYTES + 1)
    with pytest.raises(UserError, match="larger than"):
        load(path)


def test_a_large_file_with_a_wrong_digest_is_refused_in_little_memory(path: Path) -> None:
    tensors = {"weights/w": np.ones(2**24, np.float32)}
    content = bytearray(sealed.pack({}, tensors))
    content[-1] ^= 1
    path.write_bytes(content)
    del content
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="damaged"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="this system does not tell holes")
def test_a_file_of_a_gigabyte_of_holes_is_refused_unread(path: Path) -> None:
    size = sealed.MAX_FILE_BYTES - 2**20
    tensor = {"dtype": "F32", "shape": [size // 4], "data_offsets": [0, size]}
    metadata = {"format": "vae-explorer", "version": "1", "document": "{}", "sha256": ""}
    header = json.dumps({"__metadata__": metadata, "weights/w": tensor}).encode()
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        file.truncate(8 + len(header) + size)
    tracemalloc.start()
    try:
        with pytest.raises(UserError, match="mostly empty"):
            load(path)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


def test_what_the_format_cannot_hold_is_not_packed() -> None:
    with pytest.raises(ValueError, match="w cannot be stored"):
        sealed.pack({}, {"w": np.zeros(2, np.complex64)})
