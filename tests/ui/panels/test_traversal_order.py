"""The rows of a traversal: the most informative dimension on top, as it is printed, at every moment."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.spaces import show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.explore.traversal import Traversal

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(panel_of: PanelOf) -> Traversal:
    return panel_of(Traversal, 520, 600)


def encode_as(context: Context, *kl: float) -> None:
    """As if the images had been encoded so that each dimension carries this much."""
    mu = np.sqrt(2 * np.array(kl)) * np.tile([[1.0], [-1.0]], (10, len(kl)))
    logvar = np.zeros_like(mu)
    scatter = context.explorer.scatter
    scatter.encodings = Encodings(mu.astype(np.float32), logvar.astype(np.float32), None, ())
    scatter.changed.emit()


def printed(panel: Traversal) -> list[float]:
    return [
        float(panel.rows[d]._note.text().removeprefix("KL ").removesuffix(" nats"))
        for d in panel.films.order
    ]


def test_rows_are_in_order_from_three_dimensions_on(context: Context, panel: Traversal) -> None:
    show_space(context, 2)
    encode_as(context, 0.5, 1.0)
    assert panel.films.order == (0, 1)
    show_space(context, 3)
    encode_as(context, 0.5, 1.0, 0.7)
    assert panel.films.order == (1, 2, 0)


def test_they_are_in_order_while_a_model_learns(
    context: Context, panel: Traversal, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_space(context, 5)
    monkeypatch.setattr(context.training, "phase", Phase.RUNNING)
    random = np.random.default_rng(0)
    for _ in range(50):
        encode_as(context, *(1.0 + 0.1 * random.random(5)))  # nearly the same each
        assert printed(panel) == sorted(printed(panel), reverse=True)


def test_no_row_leaves_the_hand_that_drags_it(qtbot, context: Context, panel: Traversal) -> None:
    show_space(context, 3)
    encode_as(context, 3.0, 2.0, 1.0)
    track = panel.rows[0].track
    qtbot.mousePress(track, LEFT, pos=track.rect().center())
    encode_as(context, 1.0, 2.0, 3.0)
    assert panel.films.order == (0, 1, 2)
    qtbot.mouseRelease(track, LEFT, pos=track.rect().center())
    assert panel.films.order == (2, 1, 0)
