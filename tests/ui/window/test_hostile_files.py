"""Files from strangers, opened in the real window: refused in words or shown, and nothing breaks.

HOSTILE_FILES=300 tries so many of each kind, as `make soak` does, and then each must be answered within two seconds.
"""

import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from tests.core.storage.hostile import Document, Tensors, changed_document, changed_tensor
from tests.screen import pixels
from tests.tiny import CLASSES, tiny_config, tiny_data
from vae_gui.core.analysis.density import AggregatedPosterior
from vae_gui.core.datasets.own.pictures import MAX_CLASSES
from vae_gui.core.state.latent import MAX_KEYFRAMES, LatentState
from vae_gui.core.state.pad_layers import PadLayers
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import verified_container as container
from vae_gui.core.storage.bookmarks import MAX_BOOKMARKS, Bookmark, Bookmarks
from vae_gui.core.storage.workspace import Workspace, save
from vae_gui.core.storage.workspace_limits import MAX_LOSS, MAX_POINTS
from vae_gui.core.support.json_values import MAX_TEXT_LENGTH
from vae_gui.core.vae.config import MAX_STEPS, HyperparameterChange
from vae_gui.core.vae.config_json import MAX_CHANGES
from vae_gui.core.vae.encodings import FARTHEST, MAX_LOGVAR, Encodings, class_statistics
from vae_gui.core.vae.history import HistoryRows
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry
from vae_gui.core.vae.trainer import Trainer
from vae_gui.ui.window.main_window import MainWindow

TRIED = int(os.environ.get("HOSTILE_FILES", "0"))
MAX_SECONDS = 2.0
FUZZ = settings(max_examples=TRIED or 10)
pytestmark = pytest.mark.timeout(3600 if TRIED else 120)


def workspace() -> Workspace:
    """A small model that uses every part of the format."""
    trainer = Trainer(tiny_config(), tiny_data(), "stranger")
    trainer.step()
    checkpoint = trainer.checkpoint()
    newest = checkpoint.snapshot
    numbers = np.linspace(-2, 2, 60, dtype=np.float32)
    labels = (np.arange(30) % 2).astype(np.int16)
    encodings = Encodings(numbers.reshape(30, 2), -(numbers.reshape(30, 2) ** 2), labels, CLASSES)
    return Workspace(
        "A stranger's",
        checkpoint,
        latent=LatentState(
            (0.1, 0.2), (1.0, 2.0), (3.0, 4.0), (1, 0), 24, "freehand", "image",
            ((0.5, 0.25),), ((1.0, 2.0), (3.0, 4.0)), (((0.0, 0.1), (0.3, 1.0)),),
        ),
        history=HistoryRows(np.array([[1.0, 120, 100, 20]]), np.array([[1.0, 121, 100, 21]])),
        encodings=encodings,
        density=AggregatedPosterior((-3.0, 3.0, -3.0, 3.0), np.full((8, 8), -3, np.float32)),
        statistics=class_statistics(encodings),
        timeline=Timeline(
            MIN_CAPACITY, tuple(TimelineEntry(replace(newest, step=step), encodings) for step in (0, 1))
        ),
        bookmarks=Bookmarks(2, (Bookmark("a bar", (0.5, -0.5), np.zeros((8, 8), np.uint8)),)),
        layers=PadLayers("coverage"),
        ui_state=UIState({"probe": False}, ("pad",), {"samples": {"seed": 3, "mode": "prior"}}),
    )  # fmt: skip


def parts_of(one: Workspace, path: Path) -> tuple[Document, Tensors]:
    save(one, path)
    with path.open("rb") as file:
        document, tensors = container.unpack(file)
    assert isinstance(document, dict)
    return document, tensors


@dataclass
class Stranger:
    """Somebody whose files are opened in a window, one after the other."""

    qtbot: QtBot
    window: MainWindow
    path: Path
    told: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def is_shown(self, content: bytes) -> bool:
        """Whether this file is shown; else it was refused in words."""
        self.path.write_bytes(content)
        context = self.window.context
        before, known = len(self.told), {model.run_id for model in context.library.models}
        began = time.monotonic()
        context.files.open(self.path)
        added: set[str] = set()

        def is_answered() -> bool:
            added.update({model.run_id for model in context.library.models} - known)
            return bool(added) or len(self.told) > before

        self.qtbot.waitUntil(is_answered)
        pixels(self.window)
        self.slowest = max(self.slowest, time.monotonic() - began)
        self.qtbot.waitUntil(lambda: not context.jobs.running)
        pixels(self.window)
        for run_id in added:
            context.session.close(run_id)
        if not added:
            assert self.told[-1].endswith((".", "?"))
        return bool(added)


@pytest.fixture
def stranger(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> Iterator[Stranger]:
    one = Stranger(qtbot, window, tmp_path / "from-a-stranger.vae")
    window.context.notices.published.connect(lambda notice: one.told.append(notice.text))
    yield one
    if TRIED:
        sys.stdout.write(f"the slowest answer took {one.slowest:.2f} s\n")
        assert one.slowest < MAX_SECONDS


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Document, Tensors]:
    return parts_of(workspace(), tmp_path_factory.mktemp("whole") / "run.vae")


def test_the_whole_file_is_shown(stranger: Stranger, whole: tuple[Document, Tensors]) -> None:
    assert stranger.is_shown(container.pack(*whole))


@given(data=st.data())
@FUZZ
def test_any_value_anywhere_in_the_document_is_refused_or_shown(
    stranger: Stranger, whole: tuple[Document, Tensors], data: st.DataObject
) -> None:
    stranger.is_shown(changed_document(data, *whole))


@given(data=st.data())
@FUZZ
def test_any_number_in_any_tensor_is_refused_or_shown(
    stranger: Stranger, whole: tuple[Document, Tensors], data: st.DataObject
) -> None:
    stranger.is_shown(changed_tensor(data, *whole))


WALK = tuple((number / 5000 - 2, (number % 7) / 7) for number in range(MAX_POINTS))
FAR = (FARTHEST, -FARTHEST)


def most_changes(one: Workspace) -> Workspace:
    checkpoint = one.checkpoint
    changes = tuple(
        HyperparameterChange(step + 1, "beta", 1 + step % 5) for step in range(MAX_CHANGES)
    )
    config = replace(checkpoint.config, changes=changes)
    return replace(one, checkpoint=replace(checkpoint, config=config))


def most_classes(one: Workspace) -> Workspace:
    assert one.encodings is not None
    names = tuple(f"{number} {'x' * 90}" for number in range(MAX_CLASSES))
    labels = (np.arange(len(one.encodings.mu)) % MAX_CLASSES).astype(np.int16)
    return replace(one, encodings=replace(one.encodings, labels=labels, class_names=names))


def most_bookmarks(one: Workspace) -> Workspace:
    thumbnail = np.full((64, 64), 99, np.uint8)
    kept = tuple(Bookmark("x" * 80, FAR, thumbnail) for _ in range(MAX_BOOKMARKS))
    return replace(one, bookmarks=Bookmarks(2, kept))


def placed(**places: object) -> Callable[[Workspace], Workspace]:
    return lambda one: replace(one, latent=replace(one.latent, **places))  # type: ignore[type-var]


def far_encodings(one: Workspace) -> Workspace:
    assert one.encodings is not None
    mu, logvar = np.full((10_000, 2), FARTHEST, np.float32), np.full((10_000, 2), MAX_LOGVAR)
    mu[::2] *= -1
    labels = (np.arange(10_000) % 2).astype(np.int16)
    return replace(one, encodings=Encodings(mu, logvar.astype(np.float32), labels, CLASSES))


def long_history(one: Workspace) -> Workspace:
    steps = np.tile([0.0, MAX_LOSS, -MAX_LOSS, np.nan], (100_000, 1))
    steps[:, 0] = np.linspace(1, MAX_STEPS, len(steps)).round()
    return replace(one, history=HistoryRows(steps, steps[-10:]))


HUGE: dict[str, Callable[[Workspace], Workspace]] = {
    "changes": most_changes,
    "classes": most_classes,
    "bookmarks": most_bookmarks,
    "keyframes": placed(keyframes=(FAR, (0.0, 0.0)) * (MAX_KEYFRAMES // 2)),
    "a path by hand": placed(freehand=WALK),
    "a drawing": placed(strokes=(WALK,)),
    "the cursor": placed(cursor=FAR, a=FAR, b=(-FARTHEST, FARTHEST)),
    "encodings": far_encodings,
    "the curve": long_history,
    "the title": lambda one: replace(one, title="\u202e<b>" + "x" * (MAX_TEXT_LENGTH - 4)),
}


@pytest.mark.parametrize("what", HUGE)
def test_the_most_that_a_file_may_hold_is_shown(stranger: Stranger, what: str) -> None:
    document, tensors = parts_of(HUGE[what](workspace()), stranger.path)
    assert stranger.is_shown(container.pack(document, tensors)), stranger.told
