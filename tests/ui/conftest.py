"""What tests of widgets share: panels on the owners of the app's state."""

from collections.abc import Callable
from typing import Protocol, TypeVar

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from vae_gui.core.inference.requests import MAX_BATCH, Decode
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.style.theme import DARK, apply_theme

PanelType = TypeVar("PanelType", bound=Panel)


class PanelOf(Protocol):
    def __call__(
        self, kind: Callable[[Context], PanelType], width: int, height: int, shown: bool = True
    ) -> PanelType: ...


@pytest.fixture
def panel_of(qtbot, qapp: QApplication, context: Context) -> PanelOf:
    """Builds a panel and shows it at a size, `panel_of(PadPanel, 600, 500)`; it is closed after the test."""
    apply_theme(qapp, DARK)

    def build(
        kind: Callable[[Context], PanelType], width: int, height: int, shown: bool = True
    ) -> PanelType:
        panel = kind(context)
        qtbot.addWidget(panel)
        panel.resize(width, height)
        panel.setVisible(shown)
        return panel

    return build


def wait_for_answers(qtbot, context: Context) -> None:
    """Until all that has been asked is answered: what is long is answered in the order in which it was asked."""
    replies: list[object] = []
    last = Decode.of(np.zeros((MAX_BATCH + 1, context.explorer.latent_dim)))
    context.explorer.questions.ask_once("last", last, replies.append)
    qtbot.waitUntil(lambda: replies != [], timeout=20_000)


def standing_questions(qtbot, context: Context) -> set[str]:
    """The channels that are answered again when the weights change."""
    explorer, channels = context.explorer, set()

    def take(answer: Answer[object]) -> None:
        channels.add(answer.channel)

    wait_for_answers(qtbot, context)
    explorer.questions.answered.connect(take)
    explorer.questions.use(explorer.weights.snapshot)
    wait_for_answers(qtbot, context)
    explorer.questions.answered.disconnect(take)
    return channels
