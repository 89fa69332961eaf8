"""Each panel on models of all kinds: few and many dimensions, no distribution, no labels, many classes, other sides."""

from dataclasses import dataclass

import numpy as np
import pytest

from tests.answers import wait_for_answers
from tests.screen import pixels
from tests.spaces import show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.inference.requests import Decode
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.panels import PANELS
from vae_gui.ui.parts.panel import Panel


@dataclass(frozen=True, slots=True)
class Space:
    latent_dim: int = 2
    architecture: str = "mlp-256"
    classes: int = 3
    side: int = 28


SPACES = {
    "one dimension": Space(latent_dim=1),
    "two dimensions": Space(),
    "three dimensions": Space(latent_dim=3),
    "twenty dimensions": Space(latent_dim=20),
    "an autoencoder": Space(architecture="autoencoder-512"),
    "no labels": Space(classes=0),
    "26 classes": Space(classes=26),
    "32 pixels": Space(side=32),
}


@pytest.mark.parametrize("space", SPACES.values(), ids=SPACES)
def test_all_panels_show_a_model_of_this_kind(
    qtbot, context: Context, panel_of: PanelOf, space: Space
) -> None:
    explorer, failures, decoded = context.explorer, [], {}
    context.notices.published.connect(lambda notice: failures.append(notice.text))

    def take(answer: Answer[object]) -> None:
        if isinstance(answer.request, Decode):
            decoded[answer.channel] = answer.value

    explorer.questions.answered.connect(take)
    panels: dict[str, Panel] = {}
    for entry in PANELS:
        panels[entry.name] = panel_of(entry.build, 640, 360)
    show_space(context, space.latent_dim, space.architecture, space.classes, space.side)
    wanted = {"pad", "decoded", "strip", "manifold"}
    qtbot.waitUntil(lambda: wanted <= decoded.keys())
    wait_for_answers(qtbot, context)

    assert not failures
    assert {images.shape[-2:] for images in decoded.values()} == {(space.side, space.side)}
    for name, panel in panels.items():
        assert pixels(panel).std() > 0, name
    pad, traversal = panels["pad"], panels["explore"].traversal
    assert len(traversal.rows) == space.latent_dim
    assert pad.legend.isVisible() == (space.classes > 0)
    assert len(pad.legend.names) == space.classes
    assert pad.axes_bar.isVisible() == (space.latent_dim > 2)
    point = space.architecture == "autoencoder-512"
    unit = "Var" if point else "nats"
    assert all(unit in row._note.text() for row in traversal.rows if row.isVisible())
    assert np.isfinite(explorer.latent.cursor).all()
