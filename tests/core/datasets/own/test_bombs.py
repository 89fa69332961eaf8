"""Small files that unpack to much, files that claim much, and folders that lead elsewhere: refused in little memory."""

import gzip
import os
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.core.datasets.io.idx_files import header
from tests.core.datasets.io.test_idx import memory_below
from tests.core.datasets.own.own_files import strokes, write_folder
from tests.core.datasets.own.test_npz import npy
from tests.fake_windows import posix_only
from tests.waiting import WAIT_SECONDS
from vae_gui.core.datasets.own.folder import open_folder
from vae_gui.core.datasets.own.load import load_own
from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish

ROOT = Path(__file__).parents[4]
MB = 2**20


def grown_by(path: Path) -> tuple[str, int]:
    """What a process of its own says to these images, and by how many bytes its memory grew."""
    code = (
        "import re, sys; from pathlib import Path; import PIL.Image, PIL.PngImagePlugin;"
        "from vae_gui.core.datasets.own.load import load_own;"
        "from vae_gui.core.datasets.own.source import OwnImages;"
        "from vae_gui.core.support.errors import UserError;"
        "from vae_gui.core.support.progress import finish;"
        "status = Path('/proc/self/status');"
        "peak = lambda: 1024 * int(re.search(r'VmHWM: *(\\d+) kB', status.read_text().replace('\\t', ' '))[1]);"
        "before = peak()\n"
        "try:\n    print(finish(load_own(OwnImages(Path(sys.argv[1])))).report())\n"
        "except UserError as error:\n    print(error)\n"
        "print(peak() - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=WAIT_SECONDS,
    )  # fmt: skip
    said, grown = done.stdout.splitlines()
    return said, int(grown)


def zeros(packer: "zlib._Compress", count: int) -> bytes:
    return b"".join(packer.compress(bytes(16 * MB)) for _ in range(count // (16 * MB)))


def test_a_gzip_bomb_that_tells_the_truth_is_refused_from_its_header(tmp_path: Path) -> None:
    size = 192 * MB
    packer = zlib.compressobj(9, wbits=31)
    start = packer.compress(header(48 * 1024, 64, 64))
    path = tmp_path / "bomb.gz"
    path.write_bytes(start + zeros(packer, size) + packer.flush())
    with memory_below(4 * MB), pytest.raises(UserError, match="claims far more"):
        finish(load_own(OwnImages(path)))


@pytest.mark.parametrize("kind", ["|u1", "<f8"])
def test_an_npz_bomb_is_refused_from_its_header(tmp_path: Path, kind: str) -> None:
    count = 192 * MB // 4096 // np.dtype(kind).itemsize
    path = tmp_path / "bomb.npz"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("images.npy", "w", force_zip64=True) as member,
    ):
        member.write(npy(f"({count}, 64, 64)", f"'{kind}'"))
        for _ in range(12):
            member.write(bytes(16 * MB))
    with memory_below(4 * MB), pytest.raises(UserError, match="claims far more"):
        finish(load_own(OwnImages(path)))


def test_a_directory_of_many_members_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "many.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(30_000):
            archive.writestr(f"{number}.npy", b"")
    with memory_below(4 * MB), pytest.raises(UserError, match="damaged"):
        finish(load_own(OwnImages(path)))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_unpack_without_a_limit_are_not_opened(tmp_path: Path, method: int) -> None:
    path = tmp_path / "bomb.npz"
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("images.npy", npy("(24, 12, 12)", data=bytes(24 * 144)))
    with pytest.raises(UserError, match="holds no array of images"):
        finish(load_own(OwnImages(path)))


def test_pictures_of_an_array_that_are_too_large_one_by_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("images.npy", npy("(20, 2001, 2000)", data=bytes(20 * 2001 * 2000)))
    with memory_below(4 * MB), pytest.raises(UserError, match="holds no array of images"):
        finish(load_own(OwnImages(path)))


@pytest.mark.skipif(not hasattr(os, "SEEK_HOLE"), reason="this system does not tell holes")
def test_a_file_of_holes_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hollow"
    with path.open("wb") as file:
        file.write(header(200_000, 64, 64))
        file.truncate(16 + 200_000 * 4096)
    with memory_below(4 * MB), pytest.raises(UserError, match="mostly empty"):
        finish(load_own(OwnImages(path)))


def test_packed_images_are_no_bomb(tmp_path: Path) -> None:
    images = strokes(2400, 28)
    np.savez_compressed(tmp_path / "mine.npz", images=images.astype(np.float64))
    (tmp_path / "mine.gz").write_bytes(gzip.compress(header(2400, 28, 28) + images.tobytes()))
    for name in ("mine.npz", "mine.gz"):
        assert len(finish(load_own(OwnImages(tmp_path / name))).data.train) == 2160


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc/self/status")
@pytest.mark.parametrize("kind", ["png", "bmp", "tif", "gif", "webp"])
def test_a_picture_of_20_megapixels_is_skipped_from_its_header(tmp_path: Path, kind: str) -> None:
    write_folder(tmp_path, strokes(24))
    Image.new("L", (5000, 4000)).save(tmp_path / f"z.{kind}")
    said, grown = grown_by(tmp_path)
    assert f"z.{kind} (it has more than 12 million pixels)" in said
    assert grown < 200 * MB


@pytest.mark.skipif(sys.platform != "linux", reason="needs /proc/self/status")
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "I;16", "CMYK"])
def test_the_largest_pictures_that_are_read_take_little_memory(tmp_path: Path, mode: str) -> None:
    write_folder(tmp_path, strokes(24))
    Image.new(mode, (4000, 3000)).save(tmp_path / ("z.tif" if mode == "CMYK" else "z.png"))
    said, grown = grown_by(tmp_path)
    assert said == ""
    assert grown < 200 * MB


def test_a_photo_above_the_limit_of_other_pictures_is_read(tmp_path: Path) -> None:
    write_folder(tmp_path, strokes(24))
    Image.new("RGB", (4096, 3072), (255, 255, 255)).save(tmp_path / "z.jpg")
    assert finish(load_own(OwnImages(tmp_path))).skipped == ()


@posix_only("symbolic links for everybody")
def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write_folder(tmp_path / "elsewhere", strokes(48))
    write_folder(tmp_path / "mine", strokes(24))
    (tmp_path / "mine" / "link").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    (tmp_path / "mine" / "up").symlink_to("..", target_is_directory=True)
    (tmp_path / "mine" / "z.png").symlink_to(tmp_path / "elsewhere" / "0000.png")
    assert finish(open_folder(tmp_path / "mine")).count == 24


@posix_only("symbolic links for everybody")
def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    write_folder(tmp_path / "mine" / "pool", strokes(24))
    (tmp_path / "mine" / "z.png").symlink_to(tmp_path / "mine" / "pool" / "0000.png")
    (tmp_path / "chosen").symlink_to(tmp_path / "mine", target_is_directory=True)
    assert finish(open_folder(tmp_path / "chosen")).count == 25


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="this system has no /proc")
@posix_only("symbolic links for everybody")
def test_a_folder_with_a_link_to_proc_does_not_enter_it(tmp_path: Path) -> None:
    write_folder(tmp_path, strokes(24))
    (tmp_path / "proc").symlink_to("/proc", target_is_directory=True)
    walk = open_folder(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        scanned: list[str] = []
        scandir = os.scandir
        patch.setattr(os, "scandir", lambda path: (scanned.append(str(path)), scandir(path))[1])
        assert finish(walk).count == 24
    assert scanned == [str(tmp_path)]
