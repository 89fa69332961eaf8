"""Labels and test images in places of their own: what is taken, and what is refused in a sentence."""

from pathlib import Path

import numpy as np
import pytest

from tests.core.datasets.io.idx_files import encode
from tests.core.datasets.own.own_files import strokes, write_folder
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.own.load import load_own, preview
from vae_gui.core.datasets.own.source import OwnImages, own_images, portable_name
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish

IMAGES = strokes(90, 12)
TRAIN, TEST = IMAGES[:60], IMAGES[60:]
WORDS = ["cat", "dog", "eel"]


def words(count: int) -> list[str]:
    return [WORDS[index % 3] for index in range(count)]


def loaded(folder: Path, **parts: Path) -> ImageData:
    np.save(folder / "images.npy", TRAIN)
    return finish(load_own(OwnImages(folder / "images.npy", 12, **parts))).data


def named(data: ImageData) -> list[list[str]]:
    """The class of each training image, and of each test image."""
    splits = (data.train, data.test)
    return [[data.class_names[label] for label in split.labels] for split in splits]


def test_an_array_of_numpy_is_a_data_set(tmp_path: Path) -> None:
    data = loaded(tmp_path)
    assert (len(data.train), len(data.test), data.class_names) == (54, 6, ())
    assert {image.tobytes() for image in (*data.train.images, *data.test.images)} == {
        image.tobytes() for image in TRAIN
    }


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("labels.txt", "\n".join(words(60))),
        ("labels.csv", "label\n" + "\n".join(words(60))),
        ("labels.csv", "file,label\n" + "\n".join(f"{i}.png,{w}" for i, w in enumerate(words(60)))),
        ("labels.tsv", "\n".join(f"{i}\t{w}" for i, w in enumerate(words(60)))),
    ],
    ids=["text", "heading", "two columns", "tabs"],
)
def test_labels_in_a_text_are_taken(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    data = loaded(tmp_path, labels=tmp_path / name)
    assert data.class_names == tuple(WORDS)
    for image, label in zip(data.train.images, data.train.labels, strict=True):
        number = next(i for i, known in enumerate(TRAIN) if np.array_equal(known, image))
        assert number % 3 == label


@pytest.mark.parametrize(
    "values", [np.arange(60) % 3, np.array(words(60)), np.arange(60)[:, None] % 3]
)
def test_labels_in_an_array_are_taken(tmp_path: Path, values: np.ndarray) -> None:
    np.save(tmp_path / "y.npy", values)
    assert len(loaded(tmp_path, labels=tmp_path / "y.npy").class_names) == 3


def test_labels_in_idx_are_taken(tmp_path: Path) -> None:
    (tmp_path / "y.idx").write_bytes(encode((np.arange(60) % 3).astype(np.uint8)))
    assert loaded(tmp_path, labels=tmp_path / "y.idx").class_names == ("0", "1", "2")


def test_test_images_of_their_own_are_the_test(tmp_path: Path) -> None:
    write_folder(tmp_path / "test", TEST, ("dog", "fox"))
    (tmp_path / "y.txt").write_text("\n".join(words(60)), encoding="utf-8")
    data = loaded(tmp_path, labels=tmp_path / "y.txt", test=tmp_path / "test")
    np.testing.assert_array_equal(data.train.images, TRAIN)
    assert len(data.test) == 30
    assert data.class_names == ("cat", "dog", "eel", "fox")
    assert named(data)[0] == words(60)
    assert set(named(data)[1]) == {"dog", "fox"}


def test_a_file_in_the_manner_of_keras_has_its_test_used(tmp_path: Path) -> None:
    path = tmp_path / "keras.npz"
    np.savez(path, x_train=TRAIN, y_train=np.arange(60) % 3, x_test=TEST, y_test=np.arange(30) % 3)
    data = finish(load_own(OwnImages(path, 12))).data
    np.testing.assert_array_equal(data.train.images, TRAIN)
    np.testing.assert_array_equal(data.test.images, TEST)
    assert data.test.labels.tolist() == [i % 3 for i in range(30)]
    seen = finish(preview(OwnImages(path, 12)))
    assert (seen.count, seen.test_count) == (60, 30)


def test_without_labels_to_train_on_those_of_the_test_are_left_out(tmp_path: Path) -> None:
    write_folder(tmp_path / "test", TEST, ("a", "b"))
    data = loaded(tmp_path, test=tmp_path / "test")
    assert (data.class_names, data.train.labels, data.test.labels) == ((), None, None)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("y.txt", "a\nb\n", "2 labels for 60 images"),
        ("y.txt", "a\n" * 60, "one class"),
        ("y.csv", b"\xff\xfe\x00", "no text"),
        ("y.npy", b"nothing", "neither whole numbers nor names"),
        ("y.idx", b"nothing", "ends too early"),
        ("gone.txt", None, "gone.txt"),
    ],
)
def test_labels_that_do_not_fit_are_refused(
    tmp_path: Path, name: str, content: str | bytes | None, said: str
) -> None:
    if content is not None:
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / name).write_bytes(raw)
    with pytest.raises(UserError, match=said):
        loaded(tmp_path, labels=tmp_path / name)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.zeros((60, 3)), "neither whole numbers"),
        (np.zeros((60, 10), int), "one for each image"),
        (np.arange(59) % 3, "59 labels"),
    ],
)
def test_arrays_that_are_no_labels_are_refused(
    tmp_path: Path, values: np.ndarray, said: str
) -> None:
    np.save(tmp_path / "y.npy", values)
    with pytest.raises(UserError, match=said):
        loaded(tmp_path, labels=tmp_path / "y.npy")


def test_test_images_without_labels_are_refused_where_the_others_have_them(tmp_path: Path) -> None:
    np.save(tmp_path / "test.npy", TEST)
    (tmp_path / "y.txt").write_text("\n".join(words(60)), encoding="utf-8")
    with pytest.raises(UserError, match="no labels"):
        loaded(tmp_path, labels=tmp_path / "y.txt", test=tmp_path / "test.npy")


def test_labels_of_a_test_need_the_test() -> None:
    with pytest.raises(UserError, match="name them too"):
        OwnImages(Path("images"), test_labels=Path("labels.txt"))


def test_a_name_says_where_each_part_is() -> None:
    source = OwnImages(Path("/a b/&:x"), 20, "no", 3, Path("/y=1.csv"), Path("/t"), Path("/u.txt"))
    assert own_images(source.name) == source
    assert "a b" not in portable_name(source.name)


@pytest.mark.parametrize(
    "name",
    [
        "own-parts:28:auto:0:labels=x",
        "own-parts:28:auto:0:path=a&path=b",
        "own-parts:28:auto:0:path=a&else=b",
    ],
)
def test_a_name_of_other_parts_is_none(name: str) -> None:
    assert own_images(name) is None


def test_the_digest_covers_every_part(tmp_path: Path) -> None:
    np.save(tmp_path / "test.npy", TEST)
    np.save(tmp_path / "y.npy", np.arange(60) % 3)
    digests = {
        loaded(tmp_path).digest,
        loaded(tmp_path, labels=tmp_path / "y.npy").digest,
        loaded(tmp_path, test=tmp_path / "test.npy").digest,
    }
    assert len(digests) == 3
