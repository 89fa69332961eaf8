"""Bookmarks survive their file, and nothing else passes for one."""

import base64
import copy
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vae_gui.core.storage.bookmarks import (
    MAX_BOOKMARKS,
    MAX_NAME_LENGTH,
    Bookmark,
    Bookmarks,
    export_bookmarks,
    from_json,
    import_bookmarks,
    to_json,
)
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish

FUZZ = settings(max_examples=100)
THUMBNAIL = np.arange(64, dtype=np.uint8).reshape(8, 8)
names = st.text(
    st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=MAX_NAME_LENGTH
)


def bookmark(name: str = "a slanted 7", z: tuple[float, ...] = (0.1, -2.5e-7)) -> Bookmark:
    return Bookmark(name, z, THUMBNAIL.copy())


def bookmarks(count: int = 2) -> Bookmarks:
    return Bookmarks(
        2, tuple(bookmark(f"Nº {number}", (number / 3, -1e-300)) for number in range(count))
    )


def document(**changes: object) -> dict[str, object]:
    return to_json(bookmarks()) | changes


def entry(**changes: object) -> dict[str, object]:
    first = to_json(bookmarks(1))["bookmarks"]
    assert isinstance(first, list)
    return document(bookmarks=[first[0] | changes])


@st.composite
def any_bookmarks(draw: st.DrawFn) -> Bookmarks:
    dims, side = draw(st.integers(1, 64)), draw(st.integers(8, 64))
    coordinate = st.floats(-1e6, 1e6)
    kept = tuple(
        Bookmark(
            draw(names),
            tuple(draw(st.lists(coordinate, min_size=dims, max_size=dims))),
            np.random.default_rng(draw(st.integers(0, 99))).integers(
                0, 256, (side, side), np.uint8
            ),
        )
        for _ in range(draw(st.integers(0, 3)))
    )
    return Bookmarks(dims, kept)


@FUZZ
@given(kept=any_bookmarks())
def test_all_bookmarks_come_back_exactly(kept: Bookmarks, tmp_path: Path) -> None:
    path = tmp_path / "points.json"
    finish(export_bookmarks(kept, path))
    read = import_bookmarks(path, kept.latent_dim)
    assert read == kept
    for one, other in zip(read.kept, kept.kept, strict=True):
        assert np.array_equal(one.thumbnail, other.thumbnail)
        assert not one.thumbnail.flags.writeable


def refused(content: bytes, folder: Path, latent_dim: int = 2) -> str:
    """The sentence with which a file is refused."""
    path = folder / "bad.json"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        import_bookmarks(path, latent_dim)
    return str(caught.value)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=8,
)


@FUZZ
@given(
    content=st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_any_other_bytes_are_refused(content: bytes, tmp_path: Path) -> None:
    assert "bad.json" in refused(content, tmp_path)


@FUZZ
@given(data=st.data())
def test_a_file_with_any_part_replaced_is_whole_or_refused(
    data: st.DataObject, tmp_path: Path
) -> None:
    values = copy.deepcopy(document())
    kept = values["bookmarks"]
    assert isinstance(kept, list)
    target: dict[str, object] = data.draw(st.sampled_from([values, kept[0]]))
    target[data.draw(st.sampled_from(sorted(target)) | st.text(max_size=5))] = data.draw(JUNK)
    path = tmp_path / "changed.json"
    path.write_text(json.dumps(values))
    try:
        read = import_bookmarks(path, 2)
    except UserError:
        return
    assert from_json(to_json(read)) == read


@FUZZ
@given(at=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_a_file_with_any_byte_replaced_is_whole_or_refused(
    at: int, byte: int, tmp_path: Path
) -> None:
    content = bytearray(json.dumps(document()).encode())
    content[at % len(content)] = byte
    path = tmp_path / "changed.json"
    path.write_bytes(content)
    try:
        read = import_bookmarks(path, 2)
    except UserError:
        return
    assert len(read) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        document(colour="red"),
        document(format="something else"),
        document(version=0),
        document(version=True),
        document(latent_dim=0),
        document(latent_dim=65),
        document(latent_dim=2.0),
        document(bookmarks={}),
        {key: value for key, value in document().items() if key != "latent_dim"},
        entry(comment="unknown"),
        entry(name=""),
        entry(name="   "),
        entry(name="two\nlines"),
        entry(name="\ud800"),
        entry(name="x" * (MAX_NAME_LENGTH + 1)),
        entry(name=7),
        entry(z=[1.0]),
        entry(z=[1.0, 1e9]),
        entry(z=[1.0, 10**400]),
        entry(z=[1.0, True]),
        entry(z=[1.0, "2"]),
        entry(thumbnail="not base64!"),
        entry(thumbnail=base64.b64encode(bytes(64)).decode() + "\n"),
        entry(thumbnail=base64.b64encode(bytes(63)).decode()),
        entry(thumbnail=base64.b64encode(bytes(49)).decode()),
        entry(thumbnail=base64.b64encode(bytes(65**2)).decode()),
        entry(thumbnail=None),
        [],
        None,
    ],
    ids=lambda value: json.dumps(value)[-40:],
)
def test_what_is_no_bookmark_is_refused(wrong: object, tmp_path: Path) -> None:
    assert refused(json.dumps(wrong).encode(), tmp_path).endswith(".")


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(number: str, tmp_path: Path) -> None:
    content = json.dumps(entry(z=[0.0, 12345.0])).replace("12345.0", number)
    assert number in content
    refused(content.encode(), tmp_path)


def test_another_latent_size_is_named(tmp_path: Path) -> None:
    sentence = refused(json.dumps(document()).encode(), tmp_path, latent_dim=20)
    assert "2 latent dimensions" in sentence and "has 20" in sentence


def test_a_newer_version_is_named(tmp_path: Path) -> None:
    assert "newer" in refused(json.dumps(document(version=2, more=1)).encode(), tmp_path)


def test_deep_and_crowded_and_large_files_are_refused(tmp_path: Path) -> None:
    refused(b"[" * 100_000 + b"]" * 100_000, tmp_path)
    refused(b"[" + b"[]," * 300_000 + b"[]]", tmp_path)
    many = document(bookmarks=[entry()["bookmarks"][0]] * (MAX_BOOKMARKS + 1))  # type: ignore[index]
    assert "room" in refused(json.dumps(many).encode(), tmp_path)
    path = tmp_path / "bad.json"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(UserError, match="larger"):
        import_bookmarks(path, 2)


def test_a_missing_file_and_a_folder_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="not in"):
        import_bookmarks(tmp_path / "gone.json", 2)
    with pytest.raises(UserError, match="folder"):
        finish(export_bookmarks(bookmarks(), tmp_path))


def test_bookmarks_are_added_removed_and_renamed_in_new_values() -> None:
    start = bookmarks(2)
    longer = start.added(bookmark("third"))
    assert [kept.name for kept in longer.kept] == ["Nº 0", "Nº 1", "third"]
    assert [kept.name for kept in longer.removed(1).kept] == ["Nº 0", "third"]
    assert [kept.name for kept in longer.renamed(0, "first").kept] == ["first", "Nº 1", "third"]
    assert len(start) == 2 and start == bookmarks(2)


def test_there_is_a_limit_and_a_name_that_is_free() -> None:
    full = bookmarks(MAX_BOOKMARKS)
    with pytest.raises(UserError, match="room"):
        full.added(bookmark())
    with pytest.raises(UserError, match="name"):
        full.renamed(0, "x" * (MAX_NAME_LENGTH + 1))
    taken = Bookmarks(2, (bookmark("Point 1"), bookmark("Point 3")))
    assert taken.unused_name() == "Point 2"
    assert Bookmarks(2).unused_name() == "Point 1"
