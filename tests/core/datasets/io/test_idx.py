import gzip
import os
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.datasets.io.idx_files import encode, header
from vae_gui.core.datasets.io.idx import MAX_BYTES, MAX_ITEMS, load_images, read_images, read_labels
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish

IMAGES = np.random.default_rng(1).integers(0, 256, (6, 5, 4), np.uint8)
RAW = encode(IMAGES)
FORMS = {"raw": RAW, "gz": gzip.compress(RAW)}


@contextmanager
def memory_below(limit: int) -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < limit
    finally:
        tracemalloc.stop()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "images"


@pytest.mark.parametrize("form", FORMS)
def test_what_was_written_is_read(file: Path, form: str) -> None:
    file.write_bytes(FORMS[form])
    images = read_images(file)
    np.testing.assert_array_equal(images, IMAGES)
    assert images.dtype == np.uint8
    with pytest.raises(ValueError, match="read-only"):
        images[0, 0, 0] = 1


def test_labels_are_read_and_are_no_images(file: Path) -> None:
    file.write_bytes(encode(np.arange(20, dtype=np.uint8)))
    assert read_labels(file).tolist() == list(range(20))
    with pytest.raises(UserError, match="holds no images"):
        read_images(file)


def test_a_gzip_file_of_many_pieces_is_read(file: Path) -> None:
    images = np.random.default_rng(2).integers(0, 4, (300, 28, 28), np.uint8)
    file.write_bytes(gzip.compress(encode(images)))
    np.testing.assert_array_equal(read_images(file), images)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "ends too early"),
        (RAW[:10], "ends too early"),
        (RAW[:-1], "ends too early"),
        (RAW + b"!", "longer than its header"),
        (gzip.compress(RAW[:-1]), "ends too early"),
        (gzip.compress(RAW + b"!"), "longer than its header"),
        (gzip.compress(RAW)[:-9], "ends too early"),
        (gzip.compress(RAW)[:-1], "ends too early"),
        (gzip.compress(RAW) + b"!", "something follows"),
        (gzip.compress(RAW)[:-8] + bytes(8), "content is damaged"),
        (b"\x1f\x8b" + bytes(50), "content is damaged"),
        (b"\x89PNG" + bytes(100), "not an IDX file"),
        (header(6, 5, 4, kind=13) + bytes(480), "single bytes"),
        (header(120) + bytes(120), "holds no images"),
        (header(0, 5, 4), "is empty"),
        (header(6, 0, 4), "is empty"),
        (header(MAX_ITEMS + 1, 1, 1) + bytes(MAX_ITEMS + 1), "200,001 items"),
    ],
)
def test_damage_is_one_sentence(file: Path, content: bytes, reason: str) -> None:
    file.write_bytes(content)
    with pytest.raises(UserError, match=f"^“images” cannot be used because .*{reason}.*fresh copy"):
        read_images(file)


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize(
    "shape",
    [
        (2**32 - 1, 28, 28),
        (2**32 - 1, 2**32 - 1, 2**32 - 1),
        (100, 100_000, 100_000),
        (MAX_ITEMS, 71, 71),
        (MAX_ITEMS, 70, 70),
    ],
)
def test_a_false_claim_takes_no_memory(file: Path, shape: tuple[int, ...], gz: bool) -> None:
    content = header(*shape) + bytes(1000)
    file.write_bytes(gzip.compress(content) if gz else content)
    with memory_below(2**20), pytest.raises(UserError):
        read_images(file)


def test_a_claim_above_the_limit_is_refused_even_if_the_file_could_hold_it(file: Path) -> None:
    noise = np.random.default_rng(4).bytes(2**20)
    file.write_bytes(gzip.compress(header(MAX_ITEMS, 71, 71) + noise, compresslevel=0))
    with memory_below(2**20), pytest.raises(UserError, match="more than 1,000 MB"):
        read_images(file)


def test_a_zip_bomb_is_left_at_the_first_piece_too_much(file: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(RAW) + b"".join(packer.compress(bytes(2**20)) for _ in range(64))
    file.write_bytes(bomb + packer.flush())
    with memory_below(2**20), pytest.raises(UserError, match="longer than its header"):
        read_images(file)


def test_a_file_that_is_too_large_is_not_read(file: Path) -> None:
    with file.open("wb") as sparse:
        sparse.truncate(MAX_BYTES + 100)
    with memory_below(2**20), pytest.raises(UserError, match="larger than"):
        read_images(file)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        read_images(tmp_path)
    with pytest.raises(UserError):
        read_images(tmp_path / "absent")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_refused_and_not_waited_for(file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(UserError):
        read_images(file)


@st.composite
def damaged(draw: st.DrawFn, content: bytes) -> bytes:
    """`content` with some bytes changed, a part cut out or put in, or the end missing."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(changed) - 1))
        changed[place] ^= draw(st.integers(1, 255))
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(changed))] * 2)))
    changed[start:end] = draw(st.binary(max_size=8) | st.just(changed[start:end]))
    return bytes(changed)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz") / "file"


@given(damaged(FORMS["raw"]))
@settings(max_examples=300)
def test_a_damaged_raw_file_is_read_to_the_byte_or_refused(fuzzed: Path, content: bytes) -> None:
    fuzzed.write_bytes(content)
    try:
        images = read_images(fuzzed)
    except UserError:
        return
    assert encode(images) == content


@given(damaged(FORMS["gz"]))
@settings(max_examples=300)
def test_a_damaged_gzip_file_gives_the_original_or_is_refused(fuzzed: Path, content: bytes) -> None:
    fuzzed.write_bytes(content)
    try:
        images = read_images(fuzzed)
    except UserError:
        return
    np.testing.assert_array_equal(images, IMAGES)


@given(st.binary(max_size=200))
@settings(max_examples=200)
def test_noise_is_refused(fuzzed: Path, content: bytes) -> None:
    fuzzed.write_bytes(content)
    with pytest.raises(UserError):
        read_images(fuzzed)


def test_a_large_file_can_be_left_while_it_is_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_gui.core.datasets.io.throttle._SECONDS", 0.0)
    images = np.random.default_rng(2).integers(0, 256, (300, 28, 28), np.uint8)
    file.write_bytes(gzip.compress(encode(images)))
    job = load_images(file)
    seen = [next(job) for _ in range(3)]
    assert seen[0].done < seen[1].done < seen[2].done < images.size
    assert seen[0].total == images.size
    job.close()
    np.testing.assert_array_equal(finish(load_images(file)), images)
