"""Every number that is said of a model is the one that a fresh measurement of its file gives."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.conftest import SMALL, Call, train
from vae_gui.cli import main
from vae_gui.core.sharing.model_card import measured_by_run, model_card
from vae_gui.core.sharing.web_page.page import page
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.board import ends
from vae_gui.core.sweeps.run_folder import read_folder
from vae_gui.core.sweeps.summary import Run, row_of_workspace, trail_of

EM = ("--epochs", "4", "--set", "em_from=0.25", "--set", "em_until=1.0")
# It ends by patience, with weights that are not the last ones.
PATIENCE = (
    *("--epochs", "30", "--timeline", "16"),
    *("--set", "patience=1", "--set", "learning_rate=0.03"),
)


@pytest.fixture(scope="module")
def in_exact_em(tmp_path_factory: pytest.TempPathFactory, data: tuple[str, ...]) -> Path:
    """A run that ends within exact EM, where its batches have z of p(z|x)."""
    return train(tmp_path_factory.mktemp("em") / "em.vae", data, *EM)


@pytest.fixture(scope="module")
def by_patience(tmp_path_factory: pytest.TempPathFactory, data: tuple[str, ...]) -> Path:
    return train(tmp_path_factory.mktemp("patience") / "p.vae", data, *PATIENCE)


@pytest.fixture(scope="module")
def shipped(
    in_exact_em: Path, data: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Its weights are rounded, and its losses are those of the rounded ones."""
    out = tmp_path_factory.mktemp("shipped") / "shipped.vae"
    assert main(["ship", str(in_exact_em), *data, "--originals", "0", "--out", str(out)]) == 0
    return out


@pytest.fixture(params=["in_exact_em", "by_patience", "shipped"])
def file(request: pytest.FixtureRequest) -> Path:
    found: Path = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def fresh(file: Path, call: Call, data: tuple[str, ...]) -> dict[str, float]:
    """What `evaluate` finds."""
    found: dict[str, float] = call("evaluate", file, *data, "--samples", "0", "--json").json
    return found


def test_what_a_held_out_run_says_is_of_the_images_that_it_names(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    out = train(tmp_path / "held.vae", data, "--set", "held_out=0.2")
    fresh = call("evaluate", out, *data, "--split", "held-out", "--samples", "0", "--json").json
    assert fresh["images"] == 12  # of sixty
    workspace = load(out)
    row = row_of_workspace(workspace, "held")
    assert row.negative_elbo == pytest.approx(-fresh["elbo"], rel=1e-6)
    assert row.measured_on == call("info", out, "--json").json["measured_on"] == "held-out"
    assert "held-out training images" in model_card(workspace, measured_by_run(workspace), "h.vae")
    assert f"−ELBO {-fresh['elbo']:.1f} nats of held-out images" in page(workspace)
    assert "held-out " in call("info", out).out


def test_the_table_and_the_board(file: Path, fresh: dict[str, float]) -> None:
    runs = finish(read_folder(file.parent)).runs.values()
    (run,) = (run for run in runs if run.path == file)
    row = run.row
    assert row.steps == fresh["step"]
    assert row.negative_elbo == pytest.approx(-fresh["elbo"], rel=1e-6)
    assert (row.kl, row.reconstruction) == pytest.approx(
        (fresh["kl"], fresh["reconstruction"]), rel=1e-6
    )
    assert ends([run])[0].tolist() == [row.kl, row.reconstruction]


def test_the_last_moment_of_a_timeline_is_the_model_of_the_file(by_patience: Path) -> None:
    workspace = load(by_patience)
    assert workspace.timeline is not None
    newest, last = workspace.checkpoint.snapshot, workspace.timeline.entries[-1].snapshot
    assert last.step == newest.step and last.weights is newest.weights


def test_the_card(file: Path, fresh: dict[str, float]) -> None:
    workspace = load(file)
    body = model_card(workspace, measured_by_run(workspace), "em.vae")
    (said,) = re.findall(r"\| −ELBO \| ([\d.]+) \|", body)
    assert said == f"{-fresh['elbo']:.2f}"
    assert f"| Steps | {fresh['step']} |" in body


def test_the_web_page(file: Path, fresh: dict[str, float]) -> None:
    assert f"−ELBO {-fresh['elbo']:.1f} nats" in page(load(file))


def test_info(file: Path, fresh: dict[str, float], call: Call) -> None:
    said = call("info", file, "--json").json
    test = said["last_metrics"]["test"]
    assert said["step"] == test["step"] == fresh["step"]
    assert test["reconstruction"] + test["kl"] == pytest.approx(-fresh["elbo"], rel=1e-6)
    text = call("info", file).out
    assert f"reconstruction {fresh['reconstruction']:.2f}, KL {fresh['kl']:.2f}" in text


@pytest.mark.parametrize("wanted", [EM, PATIENCE])
def test_the_end_that_training_reports(
    wanted: tuple[str, ...], call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "run.vae"
    command = "train", "--preset", "s3-mlp", *data, *SMALL, *wanted, "--out", out
    *epochs, end = call(*command, "--json").lines[1:]
    found = call("evaluate", out, *data, "--samples", "0", "--json").json
    assert end["end"]["steps"] == found["step"]
    assert end["end"]["test"]["reconstruction"] == pytest.approx(found["reconstruction"], rel=1e-6)
    if wanted is PATIENCE:
        assert found["step"] == 2 * (len(epochs) - 1)  # one epoch after it was no better


def test_what_exact_em_measures_is_told_as_the_bound_that_it_is(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    """Its sum is not −ELBO, and stands in a table of its own."""
    out = tmp_path / "run.vae"
    said = call("train", "--preset", "s3-mlp", *data, *SMALL, *EM, "--out", out).out
    history = load(out).history
    assert history is not None and history.exact[-1, 0] == history.tests[-1, 0]
    assert abs(history.exact[-1, 2:].sum() - history.tests[-1, 2:].sum()) > 1
    assert f"−log p(x) at most {history.exact[-1, 2:].sum():.2f}" in said
    assert "z of p(z|x)" in call("info", out).out


def test_what_was_not_measured_is_said_by_nobody(model: Path, call: Call, tmp_path: Path) -> None:
    """A file whose last look is older than its weights."""
    workspace = load(model)
    step = workspace.checkpoint.snapshot.step
    assert workspace.history is not None
    old = replace(workspace, history=workspace.history.until(step - 1))
    path = tmp_path / "old.vae"
    save(old, path)
    assert measured_by_run(old) is None and "−ELBO" not in page(old)
    row = row_of_workspace(old, "old")
    assert row.negative_elbo != row.negative_elbo
    assert Run("old", row, trail_of(old)).trail[-1, 0] < step
    assert call("info", path, "--json").json["last_metrics"]["test"] is None
    assert "not measured of these weights" in call("info", path).out
    assert isinstance(old, Workspace)
