"""Folders of runs from anybody: what a sweep can write is read, all else is refused in a sentence and with little work."""

import json
import math
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vae_gui.core.storage.workspace_limits import MAX_LOSS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.json_values import MAX_TEXT_LENGTH
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps import rows
from vae_gui.core.sweeps.folder import EVALUATIONS, MANIFEST, RESULTS, SweepFolder
from vae_gui.core.sweeps.labels import LABELS, RunLabel, read_labels, write_labels
from vae_gui.core.sweeps.rows import DONE, FAILED, MAX_RUNS, EvaluationRow, RowFile, RunRow
from vae_gui.core.sweeps.run_folder import MAX_TRAIL, RunFolder, read_folder, read_on
from vae_gui.core.vae.config import MAX_STEPS

ROW = RunRow("a", DONE, "s3-mlp", "digits", "mlp-256", 2, "bernoulli", 1.0, 0, 9, 155.0, 150.0, 5.0)
NAMES = list(RunRow.__dataclass_fields__)


@pytest.fixture
def folder(tmp_path: Path) -> SweepFolder:
    """A folder that looks like a sweep's, with one run."""
    (tmp_path / MANIFEST).write_text("{}")
    sweep = SweepFolder(tmp_path)
    sweep.evaluations.append([EvaluationRow("a", 3, 160.0, 6.0), EvaluationRow("a", 9, 150.0, 5.0)])
    sweep.results.append([ROW])
    return sweep


def line(**cells: str) -> bytes:
    """A line of the table of runs with other cells than it should have."""
    written = ["" if str(v) == "nan" else str(v) for v in (getattr(ROW, name) for name in NAMES)]
    quoted = [cells.get(n, w).replace('"', '""') for n, w in zip(NAMES, written, strict=True)]
    return ",".join(f'"{cell}"' for cell in quoted).encode() + b"\n"


def refused(path: Path) -> str:
    with pytest.raises(UserError) as raised:
        finish(read_folder(path))
    return str(raised.value)


def test_runs_and_their_trails_come_together(folder: SweepFolder) -> None:
    (run,) = finish(read_folder(folder.path)).runs.values()
    assert (run.row, run.trail.tolist()) == (run.row, [[3, 160, 6], [9, 150, 5]])
    assert run.row.negative_elbo == 155


def test_what_is_added_is_read_on_and_looks_wait_for_their_row(folder: SweepFolder) -> None:
    first = finish(read_folder(folder.path))
    assert not first.has_grown
    folder.evaluations.append([EvaluationRow("b", 3, 120.0, 9.0)])
    assert first.has_grown
    second = finish(read_on(first))
    assert list(second.runs) == ["a"] and not second.has_grown
    folder.results.append([replace(ROW, name="b")])
    third = finish(read_on(second))
    assert third.runs["b"].trail.tolist() == [[3, 120, 9]]
    assert list(first.runs) == ["a"] and third.runs["a"] is first.runs["a"]


@pytest.mark.parametrize(
    "cells",
    [
        {"kl": "1e30"},
        {"reconstruction": "-1e13"},
        {"kl": "inf"},
        {"beta": "nan"},
        {"seed": "9" * 4000},
        {"steps": "9" * 11},
        {"steps": "-1"},
        {"latent_dim": "1e3"},
        {"settings": '{"a": ' + "[" * 9000 + "]" * 9000 + "}"},
        {"settings": "[" * 4000},
        {"settings": '{"a": ' + "9" * 4000 + "}"},
        {"settings": '{"a": 1e999}'},
        {"settings": '{"a": NaN}'},
        {"settings": '{"a": {}}'},
        {"settings": '{"a": "\\ud800"}'},
        {"settings": json.dumps({f"n{number}": 1 for number in range(101)})},
        {"settings": json.dumps({"a": "x" * 301})},
        {"settings": "4"},
        {"settings": ""},
        {"name": ""},
        {"name": "x" * 301},
        {"preset": "x" * 301},
        {"error": "x" * 10_001},
        {"status": "open"},
    ],
    ids=lambda cells: next(f"{name} {cell[:12]}" for name, cell in cells.items()),
)
def test_a_cell_that_no_sweep_writes_is_refused(folder: SweepFolder, cells: dict[str, str]) -> None:
    with folder.results.path.open("ab") as file:
        file.write(line(name="fine") + line(**cells))
    assert "damaged or not made by a sweep" in refused(folder.path)


@pytest.mark.parametrize("name", [RESULTS, EVALUATIONS])
def test_a_line_without_an_end_is_not_read_to_its_end(folder: SweepFolder, name: str) -> None:
    path = folder.path / name
    with path.open("ab") as file:
        file.write(b"x" * (3 * 2**20))
    assert "damaged" in refused(folder.path)


def test_more_runs_than_a_sweep_makes_are_refused(folder: SweepFolder) -> None:
    folder.results.path.unlink()
    folder.results.append([replace(ROW, name=f"r{number}") for number in range(MAX_RUNS)])
    assert len(finish(read_folder(folder.path)).runs) == MAX_RUNS
    folder.results.append([ROW])
    assert "more than 10,000 runs" in refused(folder.path)
    with folder.results.path.open("ab") as file:
        file.write(line(name="one more") + b"damaged\n")  # which nobody comes to
    assert "more rows than a sweep writes" in refused(folder.path)


@pytest.mark.parametrize("name", [RESULTS, EVALUATIONS])
def test_no_more_rows_are_read_than_a_sweep_writes(
    folder: SweepFolder, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(rows, "MAX_ROWS", {RunRow: 20, EvaluationRow: 20})
    table = folder.results if name == RESULTS else folder.evaluations
    head, *lines = table.path.read_bytes().splitlines(keepends=True)
    table.path.write_bytes(head + lines[0] * 20)
    known = finish(read_folder(folder.path))
    table.path.write_bytes(head + lines[0] * 21 + b"damaged\n")  # which nobody comes to
    assert "more rows than a sweep writes" in refused(folder.path)
    with pytest.raises(UserError, match="more rows than a sweep writes"):
        finish(read_on(known))


def test_a_run_is_tried_again_as_often_as_a_person_likes(folder: SweepFolder) -> None:
    failed = replace(ROW, status=FAILED, error="x")
    folder.results.append([failed] * 30)
    assert finish(read_folder(folder.path)).runs["a"].row.status == FAILED


def test_a_long_trail_is_thinned(folder: SweepFolder) -> None:
    folder.evaluations.append(EvaluationRow("b", step, 1.0, 1.0) for step in range(1, 5001))
    folder.results.append([replace(ROW, name="b")])
    trail = finish(read_folder(folder.path)).runs["b"].trail
    assert len(trail) == MAX_TRAIL and trail[[0, -1], 0].tolist() == [1, 5000]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", [RESULTS, EVALUATIONS, LABELS])
def test_a_pipe_is_not_waited_for(folder: SweepFolder, name: str) -> None:
    (folder.path / name).unlink(missing_ok=True)
    os.mkfifo(folder.path / name)
    assert "is not a file" in refused(folder.path)
    if name != LABELS:
        with pytest.raises(UserError, match="is not a file"):
            RowFile(folder.path / name, RunRow).repair()


def test_what_a_sweep_writes_can_be_read_whatever_its_losses(folder: SweepFolder) -> None:
    odd = replace(
        ROW, name="odd", kl=math.inf, reconstruction=-1e300, beta=math.nan, error="x" * 20_000
    )
    folder.results.append([odd])
    row = finish(read_folder(folder.path)).runs["odd"].row
    assert (row.kl, row.reconstruction, len(row.error)) == (MAX_LOSS, -MAX_LOSS, 10_000)
    assert math.isnan(row.beta)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "gone")


def test_a_folder_of_too_many_models_is_refused_before_any_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_gui.core.sweeps.run_folder.MAX_RUNS", 3)
    for number in range(4):
        (tmp_path / f"{number}.vae").touch()
    assert "more than 3 runs" in refused(tmp_path)


def test_labels_come_back_and_empty_ones_are_not_kept(tmp_path: Path) -> None:
    write_labels({"a": RunLabel("best", "keep", True), "b": RunLabel()}, tmp_path)
    assert read_labels(tmp_path) == {"a": RunLabel("best", "keep", True)}


GIVEN = {"title": "", "tag": "", "removed": False}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({f"run {number}": GIVEN for number in range(MAX_RUNS + 1)}),
        json.dumps({"x" * (MAX_TEXT_LENGTH + 1): GIVEN}),
        json.dumps({"a": GIVEN | {"title": "x" * (MAX_TEXT_LENGTH + 1)}}),
        json.dumps({"a": GIVEN | {"tag": "\ud800"}}),
        '{"a": ' + "[" * 9000 + "]" * 9000 + "}",
        "[" * 300_000,
        "[]",
        "\udcff",
    ],
    ids=["many", "a long key", "a long title", "a surrogate", "deep", "crowded", "a list", "bytes"],
)
def test_other_labels_are_refused_in_a_sentence(tmp_path: Path, content: str) -> None:
    (tmp_path / LABELS).write_text(content, errors="surrogateescape")
    with pytest.raises(UserError, match="delete it to go on without names and tags"):
        read_labels(tmp_path)


CELLS = st.sampled_from(
    ["", "0", "-1", "1e30", "nan", "inf", "9" * 4000, "x" * 301, "\0", "\n", '"', "{}", "[]"]
) | st.text(st.characters(codec='utf-8'), max_size=8)  # fmt: skip


def assert_bounded(folder: RunFolder) -> None:
    assert len(folder.runs) <= MAX_RUNS
    for run in folder.runs.values():
        for name in NAMES:
            value = getattr(run.row, name)
            if isinstance(value, str):
                assert len(value) <= 10_000
            else:
                assert math.isnan(value) or abs(value) <= max(MAX_LOSS, MAX_STEPS)
        assert isinstance(run.row.title, str) and run.row.title.encode()


@given(cells=st.dictionaries(st.sampled_from(NAMES), CELLS, max_size=3))
@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_cell_is_refused_or_bounded(folder: SweepFolder, cells: dict[str, str]) -> None:
    before = folder.results.path.read_bytes()
    with folder.results.path.open("ab") as file:
        file.write(line(**cells))
    try:
        assert_bounded(finish(read_folder(folder.path)))
    except UserError as error:
        assert str(error).endswith(".")
    finally:
        folder.results.path.write_bytes(before)
