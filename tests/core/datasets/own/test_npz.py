import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.core.datasets.io.test_idx import memory_below
from tests.core.datasets.own.own_files import strokes
from vae_gui.core.datasets.own import npz as own_npz
from vae_gui.core.datasets.own import pictures
from vae_gui.core.datasets.own.npz import NpzPictures, open_npz
from vae_gui.core.datasets.own.pictures import Skipped
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish

IMAGES = strokes(24)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "mine.npz"


def opened(file: Path, **arrays: NDArray[Any]) -> NpzPictures:
    np.savez(file, **arrays)
    return finish(open_npz(file))


def pixels(source: NpzPictures) -> NDArray[np.uint8]:
    return np.array([picture for _, picture in source.read(range(source.count), 28)])


def npy(shape: str, descr: str = "'|u1'", data: bytes = b"") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


def write_member(file: Path, content: bytes, name: str = "images.npy") -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


@pytest.mark.parametrize("name", ["images", "x", "X", "x_train", "X_train", "data", "whatever"])
def test_the_images_are_found_under_the_usual_names(file: Path, name: str) -> None:
    np.testing.assert_array_equal(pixels(opened(file, **{name: IMAGES})), IMAGES)


@pytest.mark.parametrize("compressed", [False, True])
def test_what_numpy_saves_is_read(file: Path, compressed: bool) -> None:
    (np.savez_compressed if compressed else np.savez)(file, images=IMAGES)
    np.testing.assert_array_equal(pixels(finish(open_npz(file))), IMAGES)


@pytest.mark.parametrize("dtype", ["u1", ">u2", "<i4", "<i8", "<f2", ">f4", "<f8"])
def test_every_type_of_number_is_read(file: Path, dtype: str) -> None:
    np.testing.assert_array_equal(pixels(opened(file, x=IMAGES.astype(dtype))), IMAGES)


@pytest.mark.parametrize("array", [IMAGES / 255, IMAGES / 127.5 - 1, IMAGES / 255 * 16, IMAGES])
def test_every_range_of_values_becomes_0_to_255(file: Path, array: NDArray[Any]) -> None:
    np.testing.assert_array_equal(pixels(opened(file, x=array)), IMAGES)


def test_black_and_white_are_black_and_white(file: Path) -> None:
    images = IMAGES > 0
    np.testing.assert_array_equal(pixels(opened(file, x=images)), images * np.uint8(255))
    np.testing.assert_array_equal(pixels(opened(file, x=images.astype("u1"))), images * 255)


@pytest.mark.parametrize(
    "array",
    [
        IMAGES.reshape(24, -1),
        IMAGES[..., None],
        IMAGES[:, None],
        np.repeat(IMAGES[..., None], 3, axis=3),
        np.repeat(IMAGES[:, None], 3, axis=1),
        np.concatenate((np.full((24, 12, 12, 3), 255), IMAGES[..., None]), axis=3).astype("u1"),
    ],
    ids=["flat", "hw1", "1hw", "rgb", "rgb first", "rgba"],
)
def test_every_layout_is_understood(file: Path, array: NDArray[Any]) -> None:
    np.testing.assert_array_equal(pixels(opened(file, images=array)), IMAGES)


def test_chosen_images_are_read_alone(file: Path) -> None:
    source = opened(file, images=IMAGES)
    read = dict(source.read([3, 17], 28))
    assert list(read) == [3, 17]
    np.testing.assert_array_equal(read[17], IMAGES[17])


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (np.arange(24) % 3 + 5, ("5", "6", "7")),
        ((np.arange(24) % 3 + 5)[:, None], ("5", "6", "7")),
        (np.array(["b", "a"] * 12), ("a", "b")),
        (np.array([b"b", b"a"] * 12), ("a", "b")),
        (np.array([True, False] * 12), ("False", "True")),
    ],
)
def test_labels_become_classes(file: Path, values: NDArray[Any], names: tuple[str, ...]) -> None:
    source = opened(file, x_train=IMAGES, y_train=values)
    assert source.labels is not None
    assert source.labels.names == names
    flat = values.reshape(-1)
    assert [names.index(str(v.decode() if isinstance(v, bytes) else v)) for v in flat.tolist()] == (
        source.labels.indices.tolist()
    )


@pytest.mark.parametrize(
    "values", [np.arange(23), np.zeros((24, 10)), np.linspace(0, 1, 24), np.zeros(24, int)]
)
def test_labels_that_are_none_are_left_out_with_a_note(file: Path, values: NDArray[Any]) -> None:
    source = opened(file, x=IMAGES, y=values)
    assert source.labels is None
    assert source.note.startswith("No labels: “y” ")


def test_images_with_values_that_are_no_numbers_are_skipped_by_number(file: Path) -> None:
    images = IMAGES / 255
    images[3, 0, 0], images[5, 1, 1] = np.nan, np.inf
    read = [picture for _, picture in opened(file, x=images).read(range(24), 28)]
    assert [item.name for item in read if isinstance(item, Skipped)] == ["image 3", "image 5"]
    np.testing.assert_array_equal(read[4], IMAGES[4])


def test_too_few_or_too_many_or_too_large_is_refused(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UserError, match="holds 19 images"):
        opened(file, x=IMAGES[:19])
    monkeypatch.setattr(pictures, "MAX_ITEMS", 20)
    with pytest.raises(UserError, match="more than 20 images"):
        opened(file, x=IMAGES)
    monkeypatch.undo()
    monkeypatch.setattr(pictures, "MAX_BYTES", 24 * 144 - 1)
    with pytest.raises(UserError, match="MB are the most"):
        opened(file, x=IMAGES)


def test_images_column_by_column_are_refused_with_the_way_out(file: Path) -> None:
    with pytest.raises(UserError, match="ascontiguousarray"):
        opened(file, x=np.asfortranarray(IMAGES))


@pytest.mark.parametrize(
    "content",
    [
        npy("(4294967295, 4294967295, 4294967295)"),
        npy("(200000, 5000, 1000)", data=bytes(1000)),
        npy("(24, 12, 12)", data=bytes(24 * 144 - 1)),
        npy("(24, 12, 12)", data=bytes(24 * 144 + 1)),
        npy("(24, 12, 12)", "'|O'", bytes(24 * 144 * 8)),
        npy("(24,)", "[('a', '|u1', (12, 12))]", bytes(24 * 144)),
        npy("(24, -12, -12)", data=bytes(24 * 144)),
        npy("(((((24", data=bytes(24 * 144)),
        npy("(0, 12, 12)"),
        b"\x93NUMPY\x02\x00\xff\xff\xff\xff",
        b"\x93NUMPY",
        b"",
        b"cos\nsystem\n(S'exit'\ntR.",
    ],
)
def test_a_false_header_is_refused_and_takes_no_memory(file: Path, content: bytes) -> None:
    write_member(file, content)
    with memory_below(2**21), pytest.raises(UserError, match="holds no array of images"):
        finish(open_npz(file))


def test_objects_are_never_unpickled(file: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return (pytest.fail, ("unpickled",))

    np.savez(file, images=IMAGES, labels=np.array([Trap()] * 24, object))
    assert finish(open_npz(file)).labels is None


def test_a_bomb_beside_the_images_is_not_unpacked(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        buffer = io.BytesIO()
        np.save(buffer, IMAGES)
        archive.writestr("images.npy", buffer.getvalue())
        archive.writestr("labels.npy", npy("(67108864,)", data=bytes(2**26)))
    with memory_below(2**23):
        assert finish(open_npz(file)).labels is None


def test_labels_that_are_long_texts_are_not_read(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_npz, "_MAX_LABEL_BYTES", 24 * 40 - 1)
    names = np.array(["abcdefghij", "b"] * 12)
    assert opened(file, x=IMAGES, y=names).labels is None


def test_two_arrays_without_a_known_name_are_not_guessed(file: Path) -> None:
    with pytest.raises(UserError, match=r"numpy\.savez"):
        opened(file, first=IMAGES, second=IMAGES)


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_truncated_file_is_one_sentence(file: Path, keep: float) -> None:
    np.savez(file, images=IMAGES)
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * keep)])
    with pytest.raises(UserError, match="content is damaged: save it again"):
        finish(open_npz(file))


def test_damage_within_the_images_is_one_sentence(file: Path) -> None:
    np.savez(file, images=IMAGES)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(UserError, match="content is damaged"):
        finish(open_npz(file))
