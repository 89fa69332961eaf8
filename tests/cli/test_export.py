"""Exports: the images are those that the model decodes at the places that were named."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.conftest import Call, train
from vae_gui.core.inference.engine import answer
from vae_gui.core.inference.requests import Decode
from vae_gui.core.latent.sampling import prior, standard_quantiles
from vae_gui.core.paths import PATHS
from vae_gui.core.paths.path import frames_of
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage.workspace import load, save
from vae_gui.core.vae.encodings import Encodings, class_statistics

SMALL = ("--size", 28, "--gap", 0)


def tiles(path: Path) -> np.ndarray:
    """A picture of 28-pixel tiles without gaps, (rows, columns, 28, 28)."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("L"))
    rows, columns = pixels.shape[0] // 28, pixels.shape[1] // 28
    return pixels.reshape(rows, 28, columns, 28).swapaxes(1, 2)


def decoded(model: Path, z: object) -> np.ndarray:
    return answer(load(model).checkpoint.snapshot, Decode.of(np.asarray(z, np.float64)))


def close(a: np.ndarray, b: np.ndarray) -> bool:
    """But for one grey, which another batch size may round elsewhere."""
    return a.shape == b.shape and int(np.abs(a.astype(int) - b).max()) <= 1


def test_a_strip_goes_from_one_place_to_the_other(call: Call, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "strip.png"
    done = call(
        "export", "strip", model, "--from", "z:-2,1", "--to", "z:2,0", "--frames", 5, *SMALL,
        "--out", out, "--json",
    )  # fmt: skip
    assert done.json == {"out": str(out), "images": 5}
    z = [[-2, 1], [-1, 0.75], [0, 0.5], [1, 0.25], [2, 0]]
    assert close(tiles(out)[0], decoded(model, z))


@pytest.mark.parametrize("name", [name for name, entry in PATHS.items() if entry.search is None])
def test_a_strip_follows_the_path_that_is_named(
    call: Call, model: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / "strip.png"
    call(
        "export", "strip", model, "--from", "z:-2,0", "--to", "z:0,1", "--frames", 5, *SMALL,
        "--path", name, "--out", out,
    )  # fmt: skip
    latent = replace(LatentState.origin(2), a=(-2.0, 0.0), b=(0.0, 1.0))
    assert close(tiles(out)[0], decoded(model, frames_of(PATHS[name].build(latent), 5)))


def test_a_path_that_there_is_not_is_refused_with_those_that_there_are(
    call: Call, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "strip.png"
    done = call("export", "strip", model, "--path", "zigzag", "--out", out)
    assert done.code == 2
    assert "straight, slerp, geodesic" in done.err
    assert not out.exists()


def test_places_are_classes_images_seeds_and_the_files_own(
    call: Call, model: Path, data: tuple[str, ...], tmp_path: Path
) -> None:
    source = load(model)
    assert source.encodings is not None
    statistics = class_statistics(source.encodings)
    assert statistics is not None
    placed = tmp_path / "placed.vae"
    save(replace(source, latent=LatentState((1, 2), (-1, 0), (0, 1))), placed)
    expected = {
        "class:3": statistics.mean_mu[3],
        "random:7": prior(1, 2, 7)[0],
        "image:12": source.encodings.mu[12],
        "z:0.5,-1": (0.5, -1),
        "a": (-1, 0),
        "b": (0, 1),
        "cursor": (1, 2),
    }
    for place, z in expected.items():
        out = tmp_path / "one.png"
        given = ("--from", place, "--to", place, "--frames", 2, *SMALL, *data)
        assert call("export", "strip", placed, *given, "--out", out).code == 0
        assert close(tiles(out)[0, 0], decoded(model, z)[0]), place


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_a_strip_moves_there_and_back(call: Call, model: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"walk{suffix}"
    given = ("--from", "z:-3,0", "--to", "z:3,0", "--frames", 4, "--ms", 50, "--size", 28)
    more = ("--animated",) if suffix == ".png" else ()
    assert call("export", "strip", model, *given, *more, "--out", out).code == 0
    total_ms = 0
    with Image.open(out) as image:
        assert image.info["loop"] == 0
        for frame in range(image.n_frames):
            image.seek(frame)
            image.load()
            total_ms += image.info["duration"]
        image.seek(0)
        first = np.asarray(image.convert("L"))
    assert total_ms == 6 * 50
    assert close(first, decoded(model, (-3, 0))[0])


def test_a_traversal_has_a_row_for_each_dimension_the_most_informative_first(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    cube = train(tmp_path / "cube.vae", data, "--latent-dim", "3")
    source = load(cube)
    assert source.encodings is not None
    mu = source.encodings.mu * np.array([0, 9, 1], np.float32)
    save(replace(source, encodings=replace(source.encodings, mu=mu)), cube)
    out = tmp_path / "rows.png"
    given = ("--at", "z:0.5,0,0", "--frames", 3, "--range", -2, 2, *SMALL)
    assert call("export", "traversal", cube, *given, "--out", out).code == 0
    rows = tiles(out)
    for row, dimension in zip(rows, (1, 2, 0), strict=True):
        z = np.tile([0.5, 0, 0], (3, 1))
        z[:, dimension] = (-2, 0, 2)
        assert close(row, decoded(cube, z))
    assert call("export", "traversal", cube, *given, "--dims", "3", "--out", out).code == 0
    assert close(tiles(out), rows[1:2])


def test_the_percentiles_of_a_traversal_are_those_around_its_start(
    call: Call, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "row.png"
    given = ("--at", "z:1,0", "--dims", "1", "--frames", 3, "--percentiles", 0.1, 0.9, *SMALL)
    assert call("export", "traversal", model, *given, "--out", out).code == 0
    z = [[1 - 1.281552, 0], [1, 0], [1 + 1.281552, 0]]
    assert close(tiles(out)[0], decoded(model, z))


def test_a_grid_has_z2_pointing_up(call: Call, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "grid.png"
    given = ("--frames", 3, "--range", -1, 1, -4, 0, *SMALL)
    assert call("export", "grid", model, *given, "--out", out).code == 0
    z = [[x, y] for y in (0, -2, -4) for x in (-1, 0, 1)]
    assert close(tiles(out).reshape(9, 28, 28), decoded(model, z))
    quantiles = standard_quantiles(3, 0.05, 0.95)
    assert call("export", "grid", model, "--frames", 3, *SMALL, "--out", out).code == 0
    assert close(tiles(out)[0, 2], decoded(model, [quantiles[2], quantiles[2]])[0])


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_a_grid_is_the_same_picture_in_every_format(
    call: Call, model: Path, tmp_path: Path, suffix: str
) -> None:
    for ending in (".png", suffix):
        out = tmp_path / f"grid{ending}"
        assert call("export", "grid", model, "--frames", 3, *SMALL, "--out", out).code == 0
    np.testing.assert_array_equal(tiles(tmp_path / "grid.png"), tiles(tmp_path / f"grid{suffix}"))


def test_a_grid_of_one_dimension_is_a_row_and_of_three_holds_the_third(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    line = train(tmp_path / "line.vae", data, "--latent-dim", "1")
    cube = train(tmp_path / "cube.vae", data, "--latent-dim", "3")
    out = tmp_path / "grid.png"
    given = ("--frames", 2, "--range", -1, 1, *SMALL, "--out", out)
    assert call("export", "grid", line, *given).code == 0
    assert close(tiles(out)[0], decoded(line, [[-1], [1]]))
    assert call("export", "grid", cube, *given, "--axes", "3,1", "--at", "z:0,5,0").code == 0
    z = [[y, 5, x] for y in (1, -1) for x in (-1, 1)]
    assert close(tiles(out).reshape(4, 28, 28), decoded(cube, z))


def test_a_grid_lies_in_the_two_dimensions_that_carry_most(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    cube = train(tmp_path / "cube.vae", data, "--latent-dim", "3")
    mu = np.random.default_rng(0).normal(size=(50, 3)) * (0.1, 3, 1)
    encodings = Encodings(mu.astype(np.float32), np.zeros((50, 3), np.float32), None, ())
    save(replace(load(cube), encodings=encodings), cube)
    out = tmp_path / "grid.png"
    assert (
        call("export", "grid", cube, "--frames", 2, "--range", -1, 1, *SMALL, "--out", out).code
        == 0
    )
    z = [[0, x, y] for y in (1, -1) for x in (-1, 1)]
    assert close(tiles(out).reshape(4, 28, 28), decoded(cube, z))


def test_samples_are_laid_out_in_rows(call: Call, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "samples.png"
    given = ("--frames", 5, "--columns", 3, "--seed", 4, *SMALL)
    assert call("export", "samples", model, *given, "--out", out).code == 0
    found = tiles(out)
    assert found.shape[:2] == (2, 3)
    assert close(found.reshape(6, 28, 28)[:5], decoded(model, prior(5, 2, 4)))
    assert not found[1, 2].any()


def test_prototypes_are_the_decoded_means_of_the_classes(
    call: Call, model: Path, tmp_path: Path
) -> None:
    out = tmp_path / "prototypes.png"
    given = ("--of", "prototypes", "--columns", 10, *SMALL)
    assert call("export", "samples", model, *given, "--out", out).code == 0
    encodings = load(model).encodings
    assert encodings is not None
    statistics = class_statistics(encodings)
    assert statistics is not None
    assert close(tiles(out)[0], decoded(model, statistics.mean_mu))


def test_samples_of_a_class_and_of_a_posterior_change_with_the_seed(
    call: Call, model: Path, data: tuple[str, ...], tmp_path: Path
) -> None:
    for what in (("class:3", "--spread", "total"), ("image:1",)):
        pictures = []
        for seed in (1, 1, 2):
            out = tmp_path / "samples.png"
            given = ("--of", *what, "--seed", seed, "--frames", 6, *SMALL, *data)
            assert call("export", "samples", model, *given, "--out", out).code == 0
            pictures.append(tiles(out))
        assert (pictures[0] == pictures[1]).all() and (pictures[0] != pictures[2]).any()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["strip", "--from", "nowhere"], "no place"),
        (["strip", "--from", "z:1"], "2 finite numbers"),
        (["strip", "--from", "z:1,inf"], "2 finite numbers"),
        (["strip", "--from", "z:1,x"], "write numbers"),
        (["strip", "--from", "class:12"], "no class “12”"),
        (["strip", "--from", "random:x"], "whole number"),
        (["strip", "--from", "random:-1"], "whole number"),
        (["strip", "--from", "image:999"], "from 0 to 39"),
        (["strip", "--frames", "0"], "between 1 and"),
        (["strip", "--ms", "50"], "for animations"),
        (["strip", "--ms", "45", "--animated"], "40 ms"),
        (["strip", "--size", "0"], "Image size"),
        (["strip", "--size", "x"], "invalid int"),
        (["traversal", "--dims", "3"], "dimensions 1 to 2"),
        (["traversal", "--dims", "x"], "no dimensions"),
        (["traversal", "--range", "1", "-1"], "low and a high"),
        (["traversal", "--percentiles", "0", "1"], "between 0 and 1"),
        (["grid", "--axes", "1,1"], "two different"),
        (["grid", "--range", "1", "2", "3"], "or four"),
        (["grid", "--frames", "200"], "too many"),
        (["samples", "--of", "class:x"], "no class “x”"),
        (["samples", "--of", "cats"], "cannot be sampled"),
        (["samples", "--columns", "0"], "--columns"),
        (["samples", "--seed", "-1"], "--seed"),
        (["film"], "film"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_code_2(
    call: Call,
    model: Path,
    data: tuple[str, ...],
    tmp_path: Path,
    arguments: list[str],
    reason: str,
) -> None:
    kind, *more = arguments
    done = call("export", kind, model, *data, *more, "--out", tmp_path / "out.png")
    assert (done.code, done.out) == (2, "")
    assert reason in done.err and done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["strip", "traversal", "grid", "samples"])
def test_an_unknown_ending_is_refused(call: Call, model: Path, tmp_path: Path, kind: str) -> None:
    done = call("export", kind, model, "--frames", 3, "--out", tmp_path / "film.mp4")
    assert done.code == 2 and ".png" in done.err
    assert list(tmp_path.iterdir()) == []


def test_an_autoencoder_has_neither_prior_nor_posterior(
    call: Call, autoencoder: Path, data: tuple[str, ...], tmp_path: Path
) -> None:
    for what in ("prior", "image:1"):
        done = call(
            "export", "samples", autoencoder, *data, "--of", what, "--out", tmp_path / "a.png"
        )
        assert done.code == 2 and "autoencoder" in done.err
