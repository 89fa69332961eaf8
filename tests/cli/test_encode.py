"""`encode` and `reconstruct`: tables and pictures of what a model makes of images, own ones included."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import TEST_IMAGES, TRAIN_IMAGES, Call
from vae_gui.core.inference.engine import Engine
from vae_gui.core.storage.workspace import load


@pytest.fixture
def engine(model: Path) -> Engine:
    return Engine(load(model).checkpoint.snapshot)


@pytest.mark.parametrize(
    ("split", "images"),
    [
        ((), TEST_IMAGES),
        (("--split", "train"), TRAIN_IMAGES),
        (("--split", "all"), TEST_IMAGES + TRAIN_IMAGES),
    ],
)
def test_the_encodings_of_a_split_come_back_from_either_table(
    call: Call,
    model: Path,
    data: tuple[str, ...],
    tmp_path: Path,
    split: tuple[str, ...],
    images: int,
) -> None:
    table, arrays = tmp_path / "z.csv", tmp_path / "z.npz"
    for out in (table, arrays):
        done = call("encode", model, *data, *split, "--out", out, "--json")
        assert done.code == 0 and done.json == {"out": str(out), "images": images}
    with np.load(arrays, allow_pickle=False) as kept, table.open(newline="") as file:
        rows = list(csv.DictReader(file))
        assert kept["mu"].shape == kept["logvar"].shape == (images, 2) and len(rows) == images
        assert [float(row["mu2"]) for row in rows] == pytest.approx(kept["mu"][:, 1].tolist())
        assert len(kept["labels"]) == images
    if not split:
        known = load(model).encodings
        assert known is not None
        assert kept_mu(arrays) == pytest.approx(known.mu, abs=1e-5)


def kept_mu(path: Path) -> np.ndarray:
    with np.load(path, allow_pickle=False) as kept:
        return kept["mu"]


def test_own_images_are_encoded_and_reconstructed(
    call: Call, model: Path, engine: Engine, tmp_path: Path
) -> None:
    images = np.zeros((24, 28, 28), np.uint8)
    images[:, 4:24, 10:14] = np.linspace(90, 255, 24, dtype=np.uint8)[:, None, None]
    np.savez(tmp_path / "mine.npz", images=images)
    own = ("--dataset", tmp_path / "mine.npz", "--split", "all")
    assert call("encode", model, *own, "--out", tmp_path / "z.npz").code == 0
    mu = kept_mu(tmp_path / "z.npz")
    assert len(mu) == 24
    picture = tmp_path / "pairs.png"
    done = call("reconstruct", model, *own, "--images", 6, "--out", picture)
    assert done.code == 0 and "6 images" in done.out
    shown = np.asarray(Image.open(picture).convert("L"))
    assert shown.shape == (2 * 56 + 4, 6 * 56 + 5 * 4)
    first = shown[:56:2, :56:2]
    original = next(image for image in images if np.array_equal(image, first))
    made = engine.decode(engine.encode(original[None])[0])[0]
    assert np.abs(shown[60::2, :56:2].astype(int) - made).max() <= 1


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("encode", "--out", "z.txt"), "ends in .csv, .npz or .tsv"),
        (("encode", "--out", "z.csv", "--dataset", "no-such"), "no-such"),
        (("reconstruct", "--out", "z.csv"), "z.csv"),
        (("reconstruct", "--out", "z.png", "--images", "0"), "--images"),
    ],
)
def test_what_cannot_be_written_is_refused_in_a_sentence(
    call: Call,
    model: Path,
    data: tuple[str, ...],
    tmp_path: Path,
    command: tuple[str, ...],
    says: str,
) -> None:
    name, *rest = command
    given = [tmp_path / part if part.startswith("z.") else part for part in rest]
    where = data if "--dataset" not in rest else data[2:]
    refused = call(name, model, *where, *given)
    assert refused.code == 2 and says in refused.err and len(refused.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
