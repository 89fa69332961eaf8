"""What stands on the rate–distortion plane, and which runs are on one scale."""

from dataclasses import replace

import numpy as np
import pytest

from vae_gui.core.sweeps.board import (
    MAX_LINES,
    MAX_POINTS,
    comparable,
    curves,
    ends,
    frontier,
    round_values,
    trails,
)
from vae_gui.core.sweeps.rows import DONE, EvaluationRow, RunRow
from vae_gui.core.sweeps.summary import Run, trails_by_name


def run(name: str, kl: float, reconstruction: float, likelihood: str = "bernoulli") -> Run:
    row = RunRow(name, DONE, "s3-mlp", "digits", likelihood=likelihood, kl=kl)
    trail = np.array([[10.0, reconstruction + 5, kl + 1], [20.0, reconstruction, kl]])
    return Run(name, RunRow(**{**as_dict(row), "reconstruction": reconstruction}), trail)


def as_dict(row: RunRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in RunRow.__dataclass_fields__}


def test_the_frontier_is_what_no_other_run_beats_in_both() -> None:
    points = np.array([(1, 9), (2, 5), (2, 6), (3, 5), (4, 4), (5, 7), (9, 1)], float)
    assert frontier(points).tolist() == [[1, 9], [2, 5], [4, 4], [9, 1]]
    random = np.random.default_rng(0).normal(size=(200, 2))
    beaten = [any((other < point).all() for other in random) for point in random]
    assert sorted(frontier(random).tolist()) == sorted(random[~np.array(beaten)].tolist())


def test_runs_of_another_likelihood_or_without_a_kl_are_left_out() -> None:
    runs = [
        run("a", 5, 150),
        run("b", 6, 140),
        run("g", 5, -900, "gaussian"),
        run("ae", np.nan, 30),
    ]
    kept, left_out = comparable(runs)
    assert ([r.key for r in kept], left_out) == (["a", "b"], 2)
    assert ends(kept).tolist() == [[5, 150], [6, 140]]
    assert comparable([]) == ([], 0) and frontier(ends([])).shape == (0, 2)


def test_densities_of_the_same_pixels_compare_and_held_out_images_are_others() -> None:
    densities = ("gaussian", "gaussian-learned", "continuous-bernoulli")
    runs = [run(name, 5, -900, name) for name in densities] + [run("b", 5, 150)]
    kept, left_out = comparable(runs)
    assert ([r.key for r in kept], left_out) == (list(densities), 1)
    held_out = replace(runs[0], key="h", row=replace(runs[0].row, measured_on="held-out"))
    assert comparable([*runs[:2], held_out]) == (runs[:2], 1)


def test_trails_are_apart() -> None:
    rows = trails([run("a", 5, 150), run("b", 6, 140)])
    assert rows[:2].tolist() == [[6, 155], [5, 150]] and np.isnan(rows[2]).all() and len(rows) == 6


def test_a_run_that_was_tried_again_has_its_last_trail() -> None:
    rows = [EvaluationRow("a", s, 100.0 - s, 5.0) for s in (1, 2, 1, 2, 3)]
    found = trails_by_name([*rows, EvaluationRow("b", 1, 7.0, 1.0)])
    assert found["a"][:, 0].tolist() == [1, 2, 3] and found["b"].tolist() == [[1, 7, 1]]


@pytest.mark.parametrize("span", [1e-3, 4, 7, 30, 1000, 1e6, 2e12, 1e30, 1e300])
@pytest.mark.parametrize("low", [0.0, -3.3, 151.5, -1e12, 1e12])
def test_there_are_few_round_values_however_far_the_losses_lie_apart(
    low: float, span: float
) -> None:
    values = round_values(low, low + span)
    assert len(values) <= MAX_LINES
    assert (values <= low + span).all()
    if span >= 1:
        assert len(values) >= 2 or abs(low) / span > 1e10


def test_round_values_are_round_and_within() -> None:
    assert round_values(130, 163).tolist() == [130, 135, 140, 145, 150, 155, 160]
    assert round_values(1, 2) == pytest.approx([1, 1.2, 1.4, 1.6, 1.8, 2])
    assert round_values(5, 5).tolist() == []


def test_as_many_points_are_drawn_of_many_long_trails_as_of_few() -> None:
    long = np.column_stack((np.arange(2000.0), np.ones((2000, 2))))
    runs = [replace(run(f"{number}", 5, 150), trail=long) for number in range(300)]
    for drawn in (trails(runs), curves(runs)):
        assert len(drawn) <= MAX_POINTS + len(runs)
    assert len(curves(runs[:3])) == 3 * 2001
