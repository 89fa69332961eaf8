"""The models on the shelf, and which of them is shown."""

from dataclasses import replace

import numpy as np
import pytest

from tests.runtime.conftest import Collector, entry, snapshots
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.timeline import Timeline, TimelineEntry
from vae_gui.runtime.library import Library


@pytest.fixture
def library(qapp: object) -> Library:
    library = Library()
    for run_id in ("one", "two", "three"):
        library.add(entry(run_id))
    return library


def ids(library: Library) -> list[str]:
    return [item.run_id for item in library.models]


def counted(library: Library) -> tuple[Collector, Collector]:
    changed, shown = Collector(), Collector()
    library.changed.connect(changed.take)
    library.shown_changed.connect(shown.take)
    return changed, shown


def test_what_is_added_is_shown(library: Library) -> None:
    assert ids(library) == ["one", "two", "three"]
    assert library.shown is library.models[2]


def test_a_model_that_is_opened_again_takes_the_place_of_the_old_one(library: Library) -> None:
    again = entry("one")
    library.add(again)
    assert ids(library) == ["two", "three", "one"]
    assert library.shown is again


def test_showing_another_is_told_once(library: Library) -> None:
    changed, shown = counted(library)
    library.show("one")
    library.show("one")
    library.show("nobody")
    assert library.shown is library.models[0]
    assert (len(changed.values), len(shown.values)) == (0, 1)


def test_removing_the_one_shown_shows_its_neighbour(library: Library) -> None:
    library.show("two")
    library.remove("two")
    assert (ids(library), library.shown.run_id) == (["one", "three"], "one")
    library.remove("one")
    assert (ids(library), library.shown.run_id) == (["three"], "three")


def test_removing_another_changes_nothing_on_the_screen(library: Library) -> None:
    _, shown = counted(library)
    library.remove("one")
    assert (ids(library), library.shown.run_id) == (["two", "three"], "three")
    assert shown.values == []


def test_the_last_model_stays(library: Library) -> None:
    for run_id in ("one", "two", "three", "nobody"):
        library.remove(run_id)
    assert ids(library) == ["three"]


def test_replacing_keeps_the_place(library: Library) -> None:
    changed, shown = counted(library)
    library.replace(replace(library.models[1], unsaved=True))
    library.replace(library.models[1])
    library.replace(entry("nobody"))
    assert ids(library) == ["one", "two", "three"]
    assert [item.run_id for item in library.unsaved] == ["two"]
    assert (len(changed.values), len(shown.values)) == (1, 0)


def test_newer_weights_are_not_saved_yet(library: Library) -> None:
    newer = snapshots("two", 2)[1]
    library.adopt(newer)
    library.adopt(snapshots("nobody", 1)[0])
    adopted = library.find("two")
    assert adopted.snapshot is newer
    assert adopted.unsaved
    assert not adopted.workspace.checkpoint.optimizer
    assert ids(library) == ["one", "two", "three"]


def test_the_timelines_of_the_models_behind_share_one_budget(
    qapp: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nine runs took the memory of nine budgets."""
    weights = snapshots("any", 1)[0]
    size = sum(array.nbytes for array in weights.weights.values())
    monkeypatch.setattr("vae_gui.runtime.library.BUDGET_BYTES", 40 * size)
    encodings = Encodings(np.zeros((1, 2), np.float32), None, None, ())
    library = Library()
    for run in range(5):
        moments = (
            TimelineEntry(replace(weights, run_id=f"{run}", step=8 * step), encodings)
            for step in range(30)
        )
        library.add(replace(entry(f"{run}"), timeline=Timeline(30, tuple(moments))))
    assert len(library.models[-1].timeline) == 30
    behind = [model.timeline for model in library.models[:-1]]
    assert all(len(timeline) <= 17 for timeline in behind)
    assert all(timeline.entries[-1].step == 8 * 29 for timeline in behind)
