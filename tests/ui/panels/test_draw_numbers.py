"""The numbers of a drawing: those that are subtracted come from one estimate, and add up as they are printed."""

import re

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication

from tests.spaces import config_of, random_snapshot, show, trained
from tests.tiny import tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.analysis.exact_posterior import ExactPosterior
from vae_gui.core.analysis.image_posterior import Bound, ImagePosterior
from vae_gui.core.analysis.log_evidence import LogEvidence
from vae_gui.core.vae.config import ModelConfig
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.draw.numbers import DrawNumbers
from vae_gui.ui.panels.draw.panel import DrawPanel
from vae_gui.ui.style.theme import DARK, apply_theme

STROKE = ((0.3, 0.2), (0.3, 0.8))
SNAPSHOT = random_snapshot(ModelConfig("mlp-256"), step=1200)
NOTHING = np.zeros((0, 2))
EXACT = ExactPosterior(0.0, NOTHING, NOTHING[:, 0], NOTHING[:, 0], np.zeros(2), np.eye(2))


@pytest.fixture
def numbers(qtbot, qapp: QApplication) -> DrawNumbers:
    apply_theme(qapp, DARK)
    widget = DrawNumbers()
    qtbot.addWidget(widget)
    return widget


def found(elbo: float) -> ImagePosterior:
    image = np.zeros((28, 28), np.uint8)
    two, bound = np.zeros(2, np.float32), Bound(4.0, elbo, 1.5)
    return ImagePosterior(two, image, two, np.zeros((0, 2), np.float32), image[None][:0], bound)


def evidence(log_evidence: float, elbo: float, exact: bool = True) -> LogEvidence:
    return LogEvidence(log_evidence, elbo, 0.3, 512, SNAPSHOT, EXACT if exact else None)


def shown(numbers: DrawNumbers, name: str) -> float:
    match = re.match(r"(?:≥ )?(−?[\d.]+)", numbers.text(name))
    assert match is not None, numbers.text(name)
    return float(match[1].replace("−", "-"))


def add_up(numbers: DrawNumbers) -> bool:
    """ELBO + gap = log p(x), within one unit of the last printed digit."""
    total = shown(numbers, "elbo") + shown(numbers, "gap")
    return abs(total - shown(numbers, "evidence")) < 0.1 + 1e-9


def test_the_printed_numbers_add_up_whatever_the_quick_estimate_said(numbers: DrawNumbers) -> None:
    random = np.random.default_rng(0)
    for log_evidence, gap, off in random.normal((-130, 5, 0), (40, 4, 3), (200, 3)).tolist():
        elbo = log_evidence - gap
        numbers.show_interpretation(found(elbo + off))  # 40 samples: off by some nats
        numbers.show_evidence(evidence(log_evidence, elbo))
        assert add_up(numbers)


def test_until_log_p_is_known_the_elbo_is_a_quick_one(numbers: DrawNumbers) -> None:
    numbers.show_interpretation(found(-100.0))
    assert numbers.text("elbo") == "−100.0 ± 1.5"
    assert "40 samples" in numbers.values["elbo"].toolTip()
    assert not numbers.text("gap") and not numbers.text("evidence")
    numbers.show_evidence(evidence(-98.0, -103.25))
    assert [numbers.text(name) for name in ("elbo", "gap", "evidence")] == [
        "−103.2 ± 0.3", "5.2", "−98.0"
    ]  # fmt: skip
    for name in ("elbo", "gap", "evidence"):
        assert "at step 1 200" in numbers.values[name].toolTip()
    numbers.show_interpretation(found(-90.0))  # newer weights, whose evidence is not there yet
    assert numbers.text("elbo") == "−103.2 ± 0.3" and add_up(numbers)
    numbers.show_evidence(None)
    assert numbers.text("elbo") == "−90.0 ± 1.5"


def test_a_bound_says_so_at_both_numbers_that_it_bounds(numbers: DrawNumbers) -> None:
    numbers.show_interpretation(found(-100.0))
    numbers.show_evidence(evidence(-98.0, -103.0, exact=False))
    assert numbers.text("evidence").startswith("≥") and numbers.text("gap").startswith("≥")
    assert not numbers.text("elbo").startswith("≥") and add_up(numbers)


@pytest.mark.parametrize("latent_dim", [2, 3])
def test_they_add_up_in_the_panel(
    qtbot, context: Context, panel_of: PanelOf, latent_dim: int
) -> None:
    panel, data = panel_of(DrawPanel, 700, 300), tiny_data()
    show(context, trained(config_of(latent_dim=latent_dim), data, steps=4), data)
    panel.canvas.drawn.emit((STROKE,), None)
    qtbot.waitUntil(lambda: panel.found is not None)
    if latent_dim > 2:
        panel.asked.bound.setChecked(True)
        panel._on_asked()
    qtbot.waitUntil(lambda: panel.numbers.text("evidence") != "")
    assert add_up(panel.numbers)
    result = panel.log_evidence.value
    assert shown(panel.numbers, "elbo") == pytest.approx(result.elbo, abs=0.051)
