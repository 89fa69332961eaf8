"""`vae-gui export` of tables and figures."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import TEST_IMAGES, Call
from vae_gui.core.inference.engine import Engine
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


@pytest.mark.parametrize("suffix", [".svg", ".png", ".csv"])
@pytest.mark.parametrize("kind", ["curves", "pad"])
def test_what_is_in_the_file_is_drawn_or_written_as_a_table(
    call: Call, model: Path, tmp_path: Path, kind: str, suffix: str
) -> None:
    workspace, out = load(model), tmp_path / f"figure{suffix}"
    counts = {"curves": ("steps", len(workspace.history.steps)), "pad": ("images", TEST_IMAGES)}
    done = call("export", kind, model, "--out", out, "--json")
    assert done.json == {"out": str(out)} | dict([counts[kind]])
    if suffix == ".svg":
        assert {"curves": "−ELBO", "pad": "z2"}[kind] in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["curves", "pad"])
def test_an_autoencoder_is_drawn_too(
    call: Call, autoencoder: Path, tmp_path: Path, kind: str
) -> None:
    assert call("export", kind, autoencoder, "--out", tmp_path / "figure.svg").code == 0


@pytest.mark.parametrize(
    ("kind", "options", "says"),
    [
        ("curves", (), "no curves"),
        ("pad", (), "vae-gui encode"),
        ("curves", ("--out", "curves.gif"), ".svg, .png or .csv"),
        ("probe", ("--out", "probe.gif"), ".svg, .png or .csv"),
        ("probe", ("--images", "3"), "Training images"),
    ],
)
def test_what_cannot_be_drawn_is_one_sentence(
    call: Call, bare: Path, tmp_path: Path, kind: str, options: tuple[str, ...], says: str
) -> None:
    done = call("export", kind, bare, "--out", tmp_path / "figure.svg", *options)
    assert done.code == 2 and says in done.err and len(done.err.splitlines()) == 1


def test_the_axes_of_the_pad_are_chosen_from_1(call: Call, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "pad.svg"
    assert call("export", "pad", model, "--axes", "2,1", "--out", out).code == 0
    text = out.read_text(encoding="utf-8")
    assert text.index(">z2<") < text.index(">z1<")
    assert call("export", "pad", model, "--axes", "1,1", "--out", out).code == 2


@pytest.mark.parametrize("of", ["mu", "pixels"])
def test_a_probe_is_measured_and_drawn(
    call: Call, model: Path, data: tuple[str, ...], tmp_path: Path, of: str
) -> None:
    out = tmp_path / "confusion.csv"
    done = call("export", "probe", model, *data, "--of", of, "--out", out, "--json")
    counts = np.array([row[1:] for row in csv.reader(out.read_text().splitlines())][1:], int)
    assert counts.sum() == done.json["images"] == TEST_IMAGES
    assert done.json["accuracy"] == pytest.approx(np.trace(counts) / TEST_IMAGES)


def test_a_grid_has_axes_as_svg_and_every_pixel_as_csv(
    call: Call, model: Path, tmp_path: Path
) -> None:
    for suffix in (".svg", ".csv"):
        out = tmp_path / f"grid{suffix}"
        done = call(
            "export", "grid", model, "--frames", 3, "--range", -2, 2, "--out", out, "--json"
        )
        assert done.json == {"out": str(out), "images": 9}
    assert ">−2.00<" in (tmp_path / "grid.svg").read_text(encoding="utf-8")
    with (tmp_path / "grid.csv").open(newline="") as file:
        first, *_, last = csv.DictReader(file)
    assert [float(row[name]) for row in (first, last) for name in ("z1", "z2")] == [-2, 2, 2, -2]
    (image,) = Engine(load(model).checkpoint.snapshot).decode(np.array([[2, -2]], np.float32))
    assert [int(last[f"pixel{i + 1}"]) for i in range(784)] == image.ravel().tolist()
