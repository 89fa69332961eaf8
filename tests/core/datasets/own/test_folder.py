import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.core.datasets.own.own_files import strokes, write_folder
from tests.fake_windows import posix_only
from vae_gui.core.datasets.own import folder as own_folder
from vae_gui.core.datasets.own import pictures
from vae_gui.core.datasets.own.folder import FolderPictures, open_folder
from vae_gui.core.datasets.own.pictures import Skipped, labels_from
from vae_gui.core.datasets.own.source import OwnImages, portable_name
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish

IMAGES = strokes(24)


def classes_of(opened: FolderPictures) -> tuple[str, ...]:
    return () if opened.labels is None else opened.labels.names


def read(opened: FolderPictures) -> list[object]:
    return [picture for _, picture in opened.read(range(opened.count), 28)]


def test_a_flat_folder_has_no_classes(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    opened = finish(open_folder(tmp_path))
    assert opened.count == 24
    assert opened.labels is None
    np.testing.assert_array_equal(read(opened), IMAGES)


def test_each_subfolder_is_a_class(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES, ("b", "a", "c"))
    opened = finish(open_folder(tmp_path))
    assert classes_of(opened) == ("a", "b", "c")
    assert opened.labels is not None
    assert opened.names[0] == "a/0001.png"
    for name, label in zip(opened.names, opened.labels.indices, strict=True):
        assert name.split("/")[0] == "abc"[label]


def test_numbers_that_name_classes_are_in_order(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES, ("10", "2", "1", "x"))
    assert classes_of(finish(open_folder(tmp_path))) == ("1", "2", "10", "x")


@pytest.mark.parametrize("wrap", ["inner", "inner/deeper", "train", "Training/images"])
def test_a_folder_around_the_classes_is_no_class(tmp_path: Path, wrap: str) -> None:
    write_folder(tmp_path / wrap, IMAGES, ("a", "b"))
    assert classes_of(finish(open_folder(tmp_path))) == ("a", "b")


def test_folders_of_splits_are_no_classes(tmp_path: Path) -> None:
    write_folder(tmp_path / "train", IMAGES, ("a", "b"))
    write_folder(tmp_path / "test", IMAGES, ("a", "b"))
    opened = finish(open_folder(tmp_path))
    assert opened.count == 48
    assert classes_of(opened) == ("a", "b")


def test_images_below_and_beside_subfolders_have_no_classes(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    write_folder(tmp_path, IMAGES, ("a", "b"))
    assert classes_of(finish(open_folder(tmp_path))) == ()


def test_deeper_folders_belong_to_their_class(tmp_path: Path) -> None:
    write_folder(tmp_path / "a" / "one", IMAGES[:12])
    write_folder(tmp_path / "b", IMAGES[12:])
    assert classes_of(finish(open_folder(tmp_path))) == ("a", "b")


def test_far_too_many_subfolders_are_no_classes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MAX_CLASSES", 5)
    write_folder(tmp_path, IMAGES, tuple("abcdef"))
    assert classes_of(finish(open_folder(tmp_path))) == ()


def test_what_is_hidden_or_no_picture_is_not_counted(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    write_folder(tmp_path / ".hidden", IMAGES)
    write_folder(tmp_path / "__MACOSX", IMAGES)
    (tmp_path / "._0001.png").write_bytes(b"resource fork")
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / "folder.png").mkdir()
    assert finish(open_folder(tmp_path)).count == 24


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@posix_only("symbolic links for everybody")
def test_links_in_a_circle_and_pipes_do_not_hang(tmp_path: Path) -> None:
    write_folder(tmp_path / "a", IMAGES)
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "b").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "self.png").symlink_to(tmp_path / "self.png")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing")
    os.mkfifo(tmp_path / "pipe.png")
    assert finish(open_folder(tmp_path)).count == 24


def test_broken_files_are_skipped_by_name(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    whole = (tmp_path / "0000.png").read_bytes()
    (tmp_path / "a.png").write_bytes(b"")
    (tmp_path / "b.jpg").write_bytes(b"text")
    (tmp_path / "c.png").write_bytes(whole[: len(whole) // 2])
    opened = finish(open_folder(tmp_path))
    skipped = [item for item in read(opened) if isinstance(item, Skipped)]
    assert [item.name for item in skipped] == ["a.png", "b.jpg", "c.png"]
    assert {item.reason for item in skipped} == {"it cannot be read"}


@pytest.mark.parametrize("size", [(4001, 3000), (100_000, 100_000)])
def test_huge_images_are_skipped_before_they_are_decoded(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    write_folder(tmp_path, IMAGES)
    claim = bytearray((tmp_path / "0000.png").read_bytes())
    claim[16:24] = size[0].to_bytes(4, "big") + size[1].to_bytes(4, "big")
    import zlib

    claim[29:33] = zlib.crc32(claim[12:29]).to_bytes(4, "big")
    (tmp_path / "bomb.png").write_bytes(claim)
    opened = finish(open_folder(tmp_path))
    (skipped,) = [item for item in read(opened) if isinstance(item, Skipped)]
    assert skipped == Skipped("bomb.png", "it has more than 12 million pixels")


def test_a_photo_is_turned_as_its_camera_says(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    photo = np.zeros((16, 32), np.uint8)
    photo[:, :16] = 255  # the left half
    exif = Image.Exif()
    exif[0x0112] = 6  # turn clockwise
    Image.fromarray(photo).save(tmp_path / "z.jpg", exif=exif)
    picture = read(finish(open_folder(tmp_path)))[-1]
    assert isinstance(picture, np.ndarray)
    assert picture.shape == (32, 16)
    assert picture[:14].mean() > 240 > 15 > picture[18:].mean()


def test_a_large_jpeg_is_not_decoded_in_full(tmp_path: Path) -> None:
    write_folder(tmp_path, IMAGES)
    Image.new("RGB", (1600, 800), (255, 255, 255)).save(tmp_path / "z.jpg")
    opened = finish(open_folder(tmp_path))
    _, picture = next(opened.read([24], 8))
    assert isinstance(picture, np.ndarray)
    assert picture.shape[1] < 400


def test_too_few_and_too_many_are_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "few", IMAGES[:19])
    with pytest.raises(UserError, match="“few” holds 19 images that can be used, but 20"):
        finish(open_folder(tmp_path / "few"))
    monkeypatch.setattr(pictures, "MAX_ITEMS", 22)
    write_folder(tmp_path / "many", IMAGES)
    with pytest.raises(UserError, match="“many” holds more than 22 images: choose a part"):
        finish(open_folder(tmp_path / "many"))


def test_too_many_subfolders_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_folder, "_MAX_FOLDERS", 3)
    write_folder(tmp_path, IMAGES, tuple("abcdef"))
    with pytest.raises(UserError, match="more than 3 subfolders"):
        finish(open_folder(tmp_path))


def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be read .*: choose another folder"):
        finish(open_folder(tmp_path / "absent"))


def test_classes_whose_names_are_half_letters_can_be_written() -> None:
    found = labels_from(["caf\udce9", "caf\udce8", "t\ud800"])
    assert found is not None and found.indices.tolist() == [1, 0, 2]
    assert found.names == ("caf\ufffd", "caf\ufffd", "t\ufffd")
    own = OwnImages(Path("/somewhere/caf\udce9"))
    assert own.title == "caf\ufffd" and portable_name(own.name).endswith(":caf\ufffd")
