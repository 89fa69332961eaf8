import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from tests.core.datasets.io.idx_files import HYPHENS, encode, tiny_set, write_set
from tests.core.datasets.io.servers import Server
from vae_gui.core.datasets.io.mirrored import MirroredSet
from vae_gui.core.datasets.mnist import ENTRY
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish

LAYOUTS = [".", "raw", "MNIST", "MNIST/raw"]


def listing(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("gz", [False, True])
@pytest.mark.parametrize("dots", [False, True])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_is_found_and_read(tmp_path: Path, layout: str, dots: bool, gz: bool) -> None:
    write_set(tmp_path / layout, dots, gz)
    assert ENTRY.find(tmp_path)
    data = finish(ENTRY.load(tmp_path, False))
    assert (len(data.train), len(data.test)) == (30, 20)
    assert data.train.labels is not None
    assert data.train.labels.dtype == np.int16
    assert data.train.labels[:12].tolist() == [*range(10), 0, 1]
    assert encode(data.test.images) == tiny_set()["t10k-images-idx3-ubyte"]


@pytest.mark.parametrize("missing", HYPHENS)
def test_three_files_are_not_enough(tmp_path: Path, missing: str) -> None:
    write_set(tmp_path)
    (tmp_path / missing).unlink()
    assert not ENTRY.find(tmp_path)
    with pytest.raises(UserError, match=r"does not hold the four files of MNIST .*: choose"):
        finish(ENTRY.load(tmp_path, False))


def test_another_image_size_is_named(tmp_path: Path) -> None:
    write_set(tmp_path, side=32)
    with pytest.raises(UserError, match="32×32 pixels, but 28×28"):
        finish(ENTRY.load(tmp_path, False))


def test_a_label_out_of_range_is_named(tmp_path: Path) -> None:
    write_set(tmp_path)
    labels = np.array([0] * 19 + [10], np.uint8)
    (tmp_path / "t10k-labels-idx1-ubyte").write_bytes(encode(labels))
    with pytest.raises(UserError, match="has the label 10, but 9 is the highest"):
        finish(ENTRY.load(tmp_path, False))


def test_as_many_labels_as_images_are_needed(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(encode(np.zeros(29, np.uint8)))
    with pytest.raises(UserError, match="29 labels for 30 images"):
        finish(ENTRY.load(tmp_path, False))


def test_damaged_files_that_are_there_are_reported_and_not_downloaded(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "train-images-idx3-ubyte").write_bytes(b"damaged")
    with pytest.raises(UserError, match=r"train-images-idx3-ubyte.*fresh copy"):
        finish(ENTRY.load(tmp_path, True))


@pytest.fixture
def downloadable(server: Server) -> MirroredSet:
    """MNIST, but tiny, on a first mirror without files and a second one that is good."""
    packed = {f"{name}.gz": gzip.compress(content) for name, content in tiny_set().items()}
    server.files.update(packed)
    mirrors = (server.url("wrong"), server.url("good"))
    one, two, three, four = map(len, packed.values())
    sizes = (one, two, three, four)
    a, b, c, d = (hashlib.sha256(content).hexdigest() for content in packed.values())
    return MirroredSet(
        "mnist",
        "MNIST",
        "digits",
        True,
        "",
        "MNIST",
        ENTRY.class_names,
        sizes,
        (a, b, c, d),
        mirrors,
    )


def test_missing_files_are_downloaded_once(
    downloadable: MirroredSet, server: Server, tmp_path: Path
) -> None:
    data = finish(downloadable.load(tmp_path, True))

    assert len(data.train) == 30
    assert listing(tmp_path) == {f"MNIST/raw/{name}.gz" for name in HYPHENS}
    asked = len(server.asked)
    assert asked == 8
    assert downloadable.find(tmp_path)
    finish(downloadable.load(tmp_path, True))
    assert len(server.asked) == asked


def test_the_progress_of_a_download_covers_all_files(
    downloadable: MirroredSet, tmp_path: Path
) -> None:
    seen: list[Progress] = []
    finish(downloadable.load(tmp_path, True), seen.append)
    total = sum(downloadable.file_bytes)
    downloading = [progress for progress in seen if "Downloading" in progress.text]
    assert {progress.total for progress in downloading} == {total}
    assert downloading[-1].done == total
    assert downloading[-1].text.startswith("Downloading MNIST: 0.0 of 0.0 MB")


def test_a_cancelled_download_keeps_whole_files_and_goes_on_from_there(
    downloadable: MirroredSet, server: Server, tmp_path: Path
) -> None:
    job = downloadable.load(tmp_path, True)
    while not listing(tmp_path) & {f"MNIST/raw/{HYPHENS[1]}.gz"}:
        next(job)
    job.close()
    assert listing(tmp_path) == {f"MNIST/raw/{name}.gz" for name in HYPHENS[:2]}
    server.asked.clear()

    finish(downloadable.load(tmp_path, True))

    assert not any(HYPHENS[0] in path or HYPHENS[1] in path for path in server.asked)


def test_a_failed_download_leaves_no_file(
    downloadable: MirroredSet, server: Server, tmp_path: Path
) -> None:
    server.files.clear()
    with pytest.raises(UserError, match="check the network connection, or choose a folder"):
        finish(downloadable.load(tmp_path, True))
    assert listing(tmp_path) == set()


def test_the_real_mnist_is_read(real_datasets: Path) -> None:
    if not ENTRY.find(real_datasets):
        pytest.skip(f"no MNIST in {real_datasets}; VAE_DATASETS names another folder")
    data = finish(ENTRY.load(real_datasets, False))
    assert (len(data.train), len(data.test), data.side) == (60_000, 10_000, 28)
    assert data.train.labels is not None
    assert data.test.labels is not None
    assert data.train.labels[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert np.bincount(data.test.labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
    assert data.train.images.mean() / 255 == pytest.approx(0.1307, abs=1e-4)
