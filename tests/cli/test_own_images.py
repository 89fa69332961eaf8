"""Own images on the command line: their labels, their test images, and a data folder that the environment names."""

from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Call
from tests.core.datasets.own.own_files import strokes
from vae_gui.core.datasets.places import DATA_VARIABLE
from vae_gui.core.storage.workspace import load

IMAGES = strokes(80, 28)


@pytest.fixture
def mine(tmp_path: Path) -> tuple[object, ...]:
    """The options that name images with all their parts."""
    np.save(tmp_path / "x.npy", IMAGES[:50])
    np.save(tmp_path / "t.npy", IMAGES[50:])
    for name, count in (("y", 50), ("u", 30)):
        lines = [("left", "right")[i % 2] for i in range(count)]
        (tmp_path / f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
    parts = {"dataset": "x.npy", "labels": "y.txt", "test": "t.npy", "test-labels": "u.txt"}
    return tuple(word for name, file in parts.items() for word in (f"--{name}", tmp_path / file))


def test_a_run_on_all_parts_is_measured_on_them(
    call: Call, mine: tuple[object, ...], tmp_path: Path
) -> None:
    out = tmp_path / "run.vae"
    done = call(
        "train", "--preset", "s3-mlp", *mine, "--epochs", 1, "--device", "cpu", "--out", out
    )
    assert done.code == 0, done.err
    workspace = load(out)
    assert workspace.encodings.class_names == ("left", "right")
    assert str(tmp_path) not in workspace.checkpoint.config.dataset
    measured = call("evaluate", out, *mine, "--samples", 0, "--json")
    assert measured.json["images"] == 30
    assert (
        call("evaluate", out, *mine, "--split", "all", "--samples", 0, "--json").json["images"]
        == 80
    )


def test_labels_of_a_data_set_that_has_its_own_are_refused(call: Call, tmp_path: Path) -> None:
    done = call(
        "train", "--preset", "s3-mlp", "--dataset", "digits", "--labels", tmp_path / "y.txt", "--out",
        tmp_path / "run.vae",
    )  # fmt: skip
    assert done.code == 2
    assert "images of your own" in done.err


def test_the_environment_names_the_data_folder(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(tmp_path / "sets"))
    done = call("train", "--preset", "s3-mlp", "--dataset", "mnist", "--out", tmp_path / "run.vae")
    assert done.code == 2
    assert str(tmp_path / "sets") in done.err
    chosen = call(
        "train", "--preset", "s3-mlp", "--dataset", "mnist", "--data-dir", tmp_path / "other", "--out",
        tmp_path / "run.vae",
    )  # fmt: skip
    assert str(tmp_path / "other") in chosen.err
