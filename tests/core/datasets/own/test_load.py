"""Own images from the source to the data set, whatever kind of source it is."""

import gzip
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.core.datasets.io.idx_files import encode
from tests.core.datasets.own.own_files import strokes, write_folder
from vae_gui.core.datasets import title_of
from vae_gui.core.datasets.own import pictures
from vae_gui.core.datasets.own.load import LoadedOwn, load_own, preview
from vae_gui.core.datasets.own.source import OwnImages, own_images, own_reference, portable_name
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish

IMAGES = strokes(60)
CLASSES = ("a", "b", "c")


def folder(place: Path) -> Path:
    write_folder(place / "mine", IMAGES, CLASSES)
    return place / "mine"


def npz(place: Path) -> Path:
    names = np.array([CLASSES[index % 3] for index in range(60)])
    np.savez(place / "mine.npz", images=IMAGES, labels=names)
    return place / "mine.npz"


def idx(place: Path) -> Path:
    (place / "mine-images-idx3-ubyte").write_bytes(encode(IMAGES))
    labels = gzip.compress(encode((np.arange(60) % 3).astype(np.uint8)))
    (place / "mine-labels-idx1-ubyte.gz").write_bytes(labels)
    return place / "mine-images-idx3-ubyte"


def idx_gz(place: Path) -> Path:
    path = idx(place)
    packed = path.with_name(f"{path.name}.gz")
    packed.write_bytes(gzip.compress(path.read_bytes()))
    return packed


every_kind = pytest.mark.parametrize("make", [folder, npz, idx, idx_gz])
Maker = Callable[[Path], Path]


def together(loaded: LoadedOwn) -> set[bytes]:
    both = (*loaded.data.train.images, *loaded.data.test.images)
    return {image.tobytes() for image in both}


@every_kind
def test_every_kind_of_source_becomes_a_data_set(tmp_path: Path, make: Maker) -> None:
    source = OwnImages(make(tmp_path), side=12)
    loaded = finish(load_own(source))
    data = loaded.data

    assert (data.name, data.title, data.side) == (source.name, source.path.name, 12)
    assert (len(data.train), len(data.test)) == (54, 6)
    assert together(loaded) == {image.tobytes() for image in IMAGES}
    assert (len(data.class_names), loaded.skipped, loaded.inverted) == (3, (), False)
    for split, of_each in ((data.train, 18), (data.test, 2)):
        assert split.labels is not None
        assert np.bincount(split.labels).tolist() == [of_each] * 3
        assert not split.images.flags.writeable
        for image, label in zip(split.images, split.labels, strict=True):
            number = next(i for i, known in enumerate(IMAGES) if np.array_equal(known, image))
            assert number % 3 == label
    assert loaded.report() == ""


@every_kind
@pytest.mark.parametrize("side", [8, 28, 64])
def test_the_preview_shows_what_the_load_gives(tmp_path: Path, make: Maker, side: int) -> None:
    source = OwnImages(make(tmp_path), side=side)
    seen = finish(preview(source))
    loaded = finish(load_own(source))

    assert (seen.count, seen.source) == (60, source)
    assert seen.class_names == loaded.data.class_names
    assert seen.images.shape == (32, side, side)
    assert {image.tobytes() for image in seen.images} <= together(loaded)
    assert set(seen.captions) == set(seen.class_names)


def test_the_seed_decides_what_is_held_out(tmp_path: Path) -> None:
    path = npz(tmp_path)
    first, again, other = (
        finish(load_own(OwnImages(path, side=12, seed=seed))).data.test.images for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@every_kind
def test_dark_on_light_is_turned_over_and_said(
    tmp_path: Path, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.IMAGES", 255 - IMAGES)
    path = make(tmp_path)
    bright = {image.tobytes() for image in strokes(60)}
    dark = {image.tobytes() for image in 255 - strokes(60)}

    auto = finish(load_own(OwnImages(path, side=12)))
    assert auto.inverted
    assert together(auto) == bright
    kept = finish(load_own(OwnImages(path, side=12, invert="no")))
    assert not kept.inverted
    assert together(kept) == dark
    seen = finish(preview(OwnImages(path, side=12)))
    assert seen.inverted
    assert {image.tobytes() for image in seen.images} <= bright


def test_bright_on_dark_can_be_turned_over_too(tmp_path: Path) -> None:
    loaded = finish(load_own(OwnImages(npz(tmp_path), side=12, invert="yes")))
    assert loaded.inverted
    assert together(loaded) == {image.tobytes() for image in 255 - IMAGES}


def test_broken_images_are_left_out_by_name_and_the_labels_still_fit(tmp_path: Path) -> None:
    path = folder(tmp_path)
    for name in ("a/0000.png", "b/0010.png", "c/0020.png", "c/zz.png"):
        (path / name).write_bytes(b"broken")
    loaded = finish(load_own(OwnImages(path, side=12)))

    assert len(loaded.data.train) + len(loaded.data.test) == 57
    assert [item.name for item in loaded.skipped][:2] == ["a/0000.png", "b/0010.png"]
    assert loaded.report() == (
        "4 images of “mine” left out: a/0000.png (it cannot be read), "
        "b/0010.png (it cannot be read), c/0020.png (it cannot be read) and 1 more."
    )
    for split in (loaded.data.train, loaded.data.test):
        assert split.labels is not None
        for image, label in zip(split.images, split.labels, strict=True):
            number = next(i for i, known in enumerate(IMAGES) if np.array_equal(known, image))
            assert number % 3 == label


def test_too_few_whole_images_are_refused(tmp_path: Path) -> None:
    path = folder(tmp_path)
    for index in range(41):
        (path / CLASSES[index % 3] / f"{index:04}.png").write_bytes(b"broken")
    with pytest.raises(UserError, match="“mine” holds 19 images that can be used, but 20"):
        finish(load_own(OwnImages(path)))


def test_a_set_that_is_too_large_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_BYTES", 60 * 64 * 64 - 1)
    path = folder(tmp_path)
    finish(load_own(OwnImages(path, side=63)))
    with pytest.raises(UserError, match="MB are the most: choose fewer or smaller images"):
        finish(load_own(OwnImages(path, side=64)))


def test_without_labels_there_are_no_classes(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    loaded = finish(load_own(OwnImages(tmp_path)))
    assert loaded.data.class_names == ()
    assert loaded.data.train.labels is None
    assert set(finish(preview(OwnImages(tmp_path))).captions) == {""}


def test_labels_beside_an_idx_file_that_do_not_fit_are_left_out_with_a_note(
    tmp_path: Path,
) -> None:
    path = idx(tmp_path)
    beside = tmp_path / "mine-labels-idx1-ubyte.gz"
    beside.write_bytes(encode(np.zeros(7, np.uint8)))
    assert "has 7 for 60 images" in finish(load_own(OwnImages(path))).note
    beside.write_bytes(b"damaged")
    assert finish(load_own(OwnImages(path))).note.startswith("No labels: “mine-labels")


@every_kind
def test_a_cancelled_job_stops_and_writes_nothing(tmp_path: Path, make: Maker) -> None:
    source = OwnImages(make(tmp_path))
    before = sorted(tmp_path.rglob("*"))
    for job in (load_own(source), preview(source)):
        next(job, None)
        job.close()
    assert sorted(tmp_path.rglob("*")) == before


def test_progress_stays_within_its_total(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vae_gui.core.datasets.io.throttle._SECONDS", 0.0)
    seen: list[Progress] = []
    finish(load_own(OwnImages(folder(tmp_path))), seen.append)
    assert len(seen) > 60
    assert all(item.total is None or 0 <= item.done <= item.total for item in seen)


@pytest.mark.parametrize("name", ["absent", "absent.npz"])
def test_a_source_that_is_not_there_is_one_sentence(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=f"“{name}” is not in “.*”: choose"):
        finish(load_own(OwnImages(tmp_path / name)))


def test_a_single_picture_is_answered_with_its_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is a single image: choose the folder"):
        finish(preview(OwnImages(folder(tmp_path) / "a" / "0000.png")))


@pytest.mark.parametrize("path", ["/a/b", "/with:colon:s", "C:\\images", "/ümlaut 'x' {y}"])
def test_a_name_says_all_that_makes_the_data(path: str) -> None:
    source = OwnImages(Path(path), side=32, invert="yes", seed=7)
    assert source.name.startswith("own:")
    assert own_images(source.name) == source


@pytest.mark.parametrize(
    "name", ["mnist", "own:", "own:28:auto:0:", "own:7:auto:0:/a", "own:28:x:0:/a", "own:a:no:0:/b"]
)
def test_other_names_are_no_own_images(name: str) -> None:
    assert own_images(name) is None


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/home/me/faces", "faces"),
        ("C:\\Users\\me\\faces", "faces"),
        ("/x/with:colon:s", "with:colon:s"),
    ],
)
def test_a_portable_name_says_all_but_the_place(path: str, title: str) -> None:
    source = OwnImages(Path(path), side=32, invert="yes", seed=7)
    name = portable_name(source.name, "ab" * 32)
    reference = own_reference(name)
    assert reference is not None
    assert (reference.title, reference.digest, reference.name) == (title, "ab" * 32, name)
    assert reference.at(Path(path)) == source
    assert "me" not in name.removesuffix(title).removeprefix("own-images")
    assert (own_images(name), portable_name(name), title_of(name)) == (None, name, title)
    assert portable_name("mnist") == "mnist"


@pytest.mark.parametrize(
    "name",
    [
        "own-images:28:auto:0:a",
        "own-images:28:auto:0:xyz:a",
        "own-images:7:auto:0::a",
        "own-images:28:x:0::a",
    ],
)
def test_other_names_are_no_reference(name: str) -> None:
    assert own_reference(name) is None


def test_the_digest_says_what_a_run_sees(tmp_path: Path) -> None:
    def digest(**changes: object) -> str:
        return finish(load_own(OwnImages(tmp_path / "mine", side=12, **changes))).data.digest

    folder(tmp_path)
    first = digest()
    assert len(first) == 64
    assert digest() == first
    assert digest(invert="yes") != first
    (tmp_path / "mine").rename(tmp_path / "moved")
    moved = finish(load_own(OwnImages(tmp_path / "moved", side=12))).data
    assert moved.digest == first
    (tmp_path / "moved" / "a" / "0000.png").unlink()
    changed = finish(load_own(OwnImages(tmp_path / "moved", side=12))).data
    assert changed.digest != first


def test_every_name_has_a_title() -> None:
    assert title_of("mnist") == "MNIST"
    assert title_of(OwnImages(Path("/x/faces")).name) == "faces"
    assert title_of("unheard-of") == "unheard-of"


def test_only_what_is_on_this_machine_is_there(tmp_path: Path) -> None:
    assert OwnImages(tmp_path).is_there()
    for path in (tmp_path / "absent", Path("//server/share"), Path("relative"), Path("/a\0b")):
        assert not OwnImages(path).is_there()


@pytest.mark.parametrize(("side", "seed"), [(7, 0), (65, 0), (28, -1)])
def test_settings_outside_their_limits_are_refused(side: int, seed: int) -> None:
    with pytest.raises(UserError, match="must lie between"):
        OwnImages(Path("/a"), side=side, seed=seed)


def damaged(data: st.DataObject, content: bytes) -> bytes:
    """A few bytes changed, and perhaps the end cut off."""
    changed = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    return bytes(changed[: data.draw(st.integers(0, 2 * len(changed)))])


fuzz = settings(max_examples=120)


@pytest.mark.parametrize("make", [npz, idx, idx_gz])
@given(data=st.data())
@fuzz
def test_a_damaged_file_is_refused_or_harmless(
    tmp_path: Path, make: Maker, data: st.DataObject
) -> None:
    path = make(tmp_path)
    path.write_bytes(damaged(data, path.read_bytes()))
    try:
        loaded = finish(load_own(OwnImages(path, side=12)))
    except UserError:
        return
    assert len(loaded.data.train) >= 18


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "bmp", "webp", "tif", "ppm"])
@given(data=st.data())
@settings(fuzz, max_examples=60)
def test_a_damaged_picture_is_skipped_or_harmless(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    if not list(tmp_path.glob("0*.png")):
        write_folder(tmp_path, IMAGES[:20])
    picture = tmp_path / f"z.{kind}"
    Image.fromarray(np.dstack([IMAGES[0]] * 3)).save(picture)
    picture.write_bytes(damaged(data, picture.read_bytes()))
    loaded = finish(load_own(OwnImages(tmp_path, side=12)))
    total = len(loaded.data.train) + len(loaded.data.test)
    assert total + len(loaded.skipped) == 21


@given(content=st.binary(max_size=300), suffix=st.sampled_from([".npz", ".gz", ""]))
@fuzz
def test_any_bytes_are_refused(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"file{suffix}"
    path.write_bytes(content)
    with pytest.raises(UserError):
        finish(preview(OwnImages(path)))


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = packer.compress(encode(IMAGES)) + packer.compress(bytes(2**24)) + packer.flush()
    (tmp_path / "bomb.gz").write_bytes(bomb)
    with pytest.raises(UserError, match="longer than its header"):
        finish(load_own(OwnImages(tmp_path / "bomb.gz")))
