"""`vae-gui export` of tables and figures."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Call
from vae_gui.core.storage.workspace import load, save


@pytest.fixture
def bare(model: Path, tmp_path: Path) -> Path:
    """A workspace of weights alone."""
    path = tmp_path / "bare.vae"
    save(replace(load(model), encodings=None, history=None, latent=None), path)
    return path


def test_the_encodings_of_the_file_are_written(call: Call, model: Path, tmp_path: Path) -> None:
    known = load(model).encodings
    for suffix in (".csv", ".npz", ".tsv"):
        out = tmp_path / f"z{suffix}"
        done = call("export", "encodings", model, "--out", out, "--json")
        assert done.json == {"out": str(out), "images": len(known)}
    with (tmp_path / "z.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["mu1"]) for row in rows] == pytest.approx(known.mu[:, 0].tolist())
    np.testing.assert_array_equal(np.load(tmp_path / "z.npz")["sigma"], known.sigma)
    assert len((tmp_path / "z.metadata.tsv").read_text().splitlines()) == 1 + len(known)


def test_a_name_of_no_table_is_refused(call: Call, model: Path, tmp_path: Path) -> None:
    done = call("export", "encodings", model, "--out", tmp_path / "z.txt")
    assert done.code == 2 and ".csv, .npz or .tsv" in done.err


def test_a_file_without_encodings_says_how_to_make_them(
    call: Call, bare: Path, tmp_path: Path
) -> None:
    done = call("export", "encodings", bare, "--out", tmp_path / "z.csv")
    assert done.code == 2 and "vae-gui encode" in done.err
    assert not (tmp_path / "z.csv").exists()
