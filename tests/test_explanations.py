"""What the panels say about themselves: figures that are measured, and nothing that holds for one model alone."""

import re
from pathlib import Path

import numpy as np
import pytest

from vae_gui.core.analysis.log_evidence import exact_log_evidence
from vae_gui.core.storage.workspace import load
from vae_gui.core.support.progress import finish
from vae_gui.ui.panels import PANELS

RESOURCES = Path(__file__).parents[1] / "resources"


def explanation(name: str) -> str:
    text = (RESOURCES / "explain" / f"{name}.md").read_text(encoding="utf-8")
    return " ".join(text.split())


@pytest.mark.parametrize("name", [entry.name for entry in PANELS])
def test_each_panel_is_explained_for_models_of_any_size(name: str) -> None:
    text = explanation(name)
    assert text.startswith("### ")
    assert not re.search(r"\b(two|2) numbers\b|\b784\b", text)


def test_the_ink_in_an_image_sets_its_log_p() -> None:
    black = np.zeros((28, 28), np.uint8)
    bar = black.copy()
    bar[4:24, 13:15] = 255
    snapshot, grid, text = load(RESOURCES / "pretrained.vae").checkpoint.snapshot, None, ""
    for image, what in ((black, "a black image"), (bar, "a thin bar")):
        found = finish(exact_log_evidence(snapshot, image, grid))
        text, grid = f"{what} −{-found.log_evidence:.0f}", found.grid
        assert text in explanation("draw")
