"""The contract of a line in DATASETS, for every line."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.core.datasets.conftest import REPOSITORY
from tests.core.datasets.io.idx_files import write_set
from vae_gui.core.datasets import DATASETS, fashion_mnist, is_centred, kmnist, mnist
from vae_gui.core.datasets.base import DatasetEntry, Split
from vae_gui.core.datasets.io.mirrored import MirroredSet
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish

HEAVY = ("torch", "torchvision", "sklearn", "scipy", "PIL", "urllib.request")
every_entry = pytest.mark.parametrize("entry", DATASETS.values(), ids=DATASETS)


def test_reading_the_registry_loads_nothing_heavy() -> None:
    code = (
        "import sys, vae_gui.core.datasets; "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY
    )
    assert result.stdout.strip() == "[]"


def test_one_data_set_needs_no_network_and_is_the_first() -> None:
    first = next(iter(DATASETS.values()))
    assert (first.name, first.download_bytes) == ("digits", 0)


def test_only_drawings_for_digits_and_letters_are_centred() -> None:
    centred = {name for name in DATASETS if is_centred(name)}
    assert centred == {"digits", "mnist", "emnist-letters"} and not is_centred("own:somewhere")


@every_entry
def test_an_entry_describes_itself(entry: DatasetEntry) -> None:
    assert DATASETS[entry.name] is entry
    assert entry.title
    assert entry.description.endswith(".")
    assert len(set(entry.class_names)) == len(entry.class_names)
    assert entry.train_images > entry.test_images > 0
    assert 8 <= entry.side <= 64
    assert entry.download_bytes >= 0


@every_entry
def test_only_what_must_be_downloaded_is_missing_from_an_empty_folder(
    entry: DatasetEntry, tmp_path: Path
) -> None:
    assert entry.find(tmp_path) == (entry.download_bytes == 0)
    assert entry.find(tmp_path / "absent") == (entry.download_bytes == 0)


@every_entry
def test_what_is_missing_is_one_sentence_and_nothing_is_written(
    entry: DatasetEntry, tmp_path: Path
) -> None:
    if entry.find(tmp_path):
        finish(entry.load(tmp_path, False))
    else:
        with pytest.raises(UserError, match=entry.title):
            finish(entry.load(tmp_path, False))
    assert list(tmp_path.iterdir()) == []


MIRRORED = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST"}


@pytest.mark.parametrize("raw", ["", "raw"])
@pytest.mark.parametrize("name", MIRRORED)
def test_no_set_is_taken_for_another(tmp_path: Path, name: str, raw: str) -> None:
    folder = tmp_path / MIRRORED[name]
    write_set(folder / raw)
    for place in (tmp_path, folder, folder / raw):
        found = {other for other in MIRRORED if DATASETS[other].find(place)}
        assert found == {name}


def test_files_in_a_folder_of_any_name_are_taken_for_mnist(tmp_path: Path) -> None:
    write_set(tmp_path / "downloads")
    found = [name for name in MIRRORED if DATASETS[name].find(tmp_path / "downloads")]
    assert found == ["mnist"]


@pytest.mark.parametrize("entry", [mnist.SET, fashion_mnist.SET, kmnist.SET])
def test_the_files_are_looked_for_wherever_torchvision_does(entry: MirroredSet) -> None:
    listed = getattr(pytest.importorskip("torchvision.datasets"), entry.folder_name)
    assert set(listed.mirrors) <= set(entry.mirrors)
    assert [name for name, _ in listed.resources] == list(entry.file_names)
    assert entry.mirrors[0].startswith("https://")


@every_entry
def test_a_load_can_be_cancelled_at_once(entry: DatasetEntry, tmp_path: Path) -> None:
    job = entry.load(tmp_path, True)
    assert isinstance(next(job), Progress)
    job.close()
    assert list(tmp_path.iterdir()) == []


@every_entry
def test_what_is_loaded_is_what_the_entry_says(entry: DatasetEntry, real_datasets: Path) -> None:
    if not entry.find(real_datasets):
        pytest.skip(f"no {entry.title} in {real_datasets}; VAE_DATASETS names another folder")
    seen: list[Progress] = []

    data = finish(entry.load(real_datasets, False), seen.append)

    assert (data.name, data.title, data.side) == (entry.name, entry.title, entry.side)
    assert (len(data.train), len(data.test)) == (entry.train_images, entry.test_images)
    assert data.class_names == entry.class_names
    assert seen
    assert all(item.total is None or 0 <= item.done <= item.total for item in seen)
    for split in (data.train, data.test):
        check_split(split, len(entry.class_names))


def check_split(split: Split, classes: int) -> None:
    assert not split.images.flags.writeable
    assert (split.images.min(), split.images.max()) == (0, 255)
    if classes:
        assert split.labels is not None
        assert split.labels.dtype == np.int16
        assert set(np.unique(split.labels)) == set(range(classes))
