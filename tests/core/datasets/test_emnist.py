import gzip
import hashlib
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.core.datasets.io.idx_files import encode
from tests.core.datasets.io.servers import Server
from vae_gui.core.datasets import emnist
from vae_gui.core.datasets.emnist import ENTRY, FILES
from vae_gui.core.datasets.io.download import Digest
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish


def letter_l() -> np.ndarray:
    """An upright L, bright on dark."""
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 8] = 255
    image[23, 8:18] = 255
    return image


def tiny_letters() -> dict[str, bytes]:
    """The four files as they come: mirrored at the diagonal, counted from 1."""
    files = {}
    for split, count in (("train", 52), ("test", 26)):
        images = np.repeat(letter_l().T[None], count, axis=0)
        labels = (np.arange(count) % 26 + 1).astype(np.uint8)
        files[f"emnist-letters-{split}-images-idx3-ubyte"] = encode(images)
        files[f"emnist-letters-{split}-labels-idx1-ubyte"] = encode(labels)
    return files


def write_letters(folder: Path, gz: bool = False) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in tiny_letters().items():
        if gz:
            (folder / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (folder / name).write_bytes(content)


def listing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("layout", [".", "raw", "gzip", "EMNIST", "EMNIST/raw", "emnist-letters"])
def test_letters_are_upright_and_called_by_their_names(
    tmp_path: Path, layout: str, gz: bool
) -> None:
    write_letters(tmp_path / layout, gz)
    assert ENTRY.find(tmp_path)
    data = finish(ENTRY.load(tmp_path, False))
    assert (len(data.train), len(data.test)) == (52, 26)
    np.testing.assert_array_equal(data.train.images[0], letter_l())
    assert data.test.labels is not None
    names = [data.class_names[label] for label in data.test.labels]
    assert names == list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@pytest.mark.parametrize(("label", "says"), [(0, "label 0, but 1 is"), (27, "label 27, but 26 is")])
def test_labels_outside_the_alphabet_are_refused(tmp_path: Path, label: int, says: str) -> None:
    write_letters(tmp_path)
    labels = np.array([label, *range(1, 26)], np.uint8)
    (tmp_path / "emnist-letters-test-labels-idx1-ubyte").write_bytes(encode(labels))
    with pytest.raises(UserError, match=says):
        finish(ENTRY.load(tmp_path, False))


def pack(files: dict[str, bytes]) -> bytes:
    """An archive as the whole of EMNIST is one, with files of other sets in it."""
    import io

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("gzip/emnist-digits-train-images-idx3-ubyte.gz", b"other")
        archive.writestr("../outside.gz", b"evil")
        for name, content in files.items():
            archive.writestr(f"gzip/{name}.gz", gzip.compress(content))
    return buffer.getvalue()


def offer(server: Server, monkeypatch: pytest.MonkeyPatch, archive: bytes) -> None:
    server.files["gzip.zip"] = archive
    monkeypatch.setattr(emnist, "URL", server.url("good", "gzip.zip"))
    digest = Digest("sha256", hashlib.sha256(archive).hexdigest())
    monkeypatch.setattr(emnist, "DIGEST", digest)
    monkeypatch.setattr(emnist, "ARCHIVE_BYTES", len(archive))


def test_only_the_letters_are_taken_from_the_archive(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, monkeypatch, pack(tiny_letters()))
    seen: list[Progress] = []
    data = finish(ENTRY.load(tmp_path / "in", True), seen.append)

    np.testing.assert_array_equal(data.test.images[0], letter_l())
    assert listing(tmp_path) == {f"in/EMNIST/raw/{name}.gz" for name in FILES}
    assert ENTRY.find(tmp_path / "in")
    assert all(item.total is None or 0 <= item.done <= item.total for item in seen)


def test_an_archive_that_is_there_is_used_and_kept(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = pack(tiny_letters())
    offer(server, monkeypatch, archive)
    place = tmp_path / "EMNIST" / "raw"
    place.mkdir(parents=True)
    (place / "gzip.zip").write_bytes(archive)
    finish(ENTRY.load(tmp_path, True))
    assert server.asked == []
    assert (place / "gzip.zip").read_bytes() == archive


@pytest.mark.parametrize("missing", FILES)
def test_an_archive_without_the_letters_is_one_sentence(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    files = tiny_letters()
    del files[missing]
    offer(server, monkeypatch, pack(files))
    with pytest.raises(UserError, match=r"cannot be taken out of “gzip\.zip”: delete the file"):
        finish(ENTRY.load(tmp_path, True))


def test_a_member_that_is_too_large_is_not_unpacked(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, monkeypatch, pack(tiny_letters()))
    monkeypatch.setattr(emnist, "_MAX_MEMBER_BYTES", 100)
    with pytest.raises(UserError, match="cannot be taken out"):
        finish(ENTRY.load(tmp_path, True))
    assert listing(tmp_path) == {"EMNIST/raw/gzip.zip"}


def test_cancelling_the_unpacking_leaves_whole_files_only(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(server, monkeypatch, pack(tiny_letters()))
    job = ENTRY.load(tmp_path, True)
    while next(job).text != "Unpacking EMNIST letters":
        pass
    job.close()
    assert listing(tmp_path) == {"EMNIST/raw/gzip.zip"}


def test_the_archive_is_the_one_that_torchvision_lists() -> None:
    listed = pytest.importorskip("torchvision.datasets").EMNIST
    assert (listed.url, Digest("md5", listed.md5)) == (emnist.URL, emnist.DIGEST)
