"""The gap panel: three curves that stand in their order, an equation that adds up, and words where there is none."""

import re

from tests.spaces import show_space
from tests.tiny import tiny_config
from vae_gui.core.analysis.inference_gap import InferenceGap
from vae_gui.runtime.context import Context
from vae_gui.ui.panels.gap.panel import NO_GAP, NO_IMAGES, GapPanel, equation, explained

NUMBERS = re.compile(r"-?\d+\.\d")


def test_each_look_at_a_run_is_a_point_and_its_equation_adds_up(
    qtbot, context: Context, panel_of, bars: object
) -> None:
    panel: GapPanel = panel_of(GapPanel, 500, 400)
    with qtbot.waitSignal(context.training.ended):
        context.session.train(tiny_config(epochs=20))
    last = context.explorer.weights.snapshot.step
    qtbot.waitUntil(lambda: bool(panel.gaps.gaps) and panel.gaps.gaps[-1].step == last)
    upper, middle, lower = (curve.getData()[1] for curve in panel.plot.curves)
    assert (upper >= middle).all() and (middle >= lower).all()
    elbo, evidence, place, shape = map(float, NUMBERS.findall(panel.equation.text()))
    assert abs(elbo - evidence - place - shape) < 0.25  # four numbers are rounded
    assert f"after step {last}" in panel.words.text()


def test_a_bound_says_that_the_gap_is_wider() -> None:
    gap = InferenceGap(1200, 30, -130.0, -128.0, exact=False, error=0.4)
    assert equation(gap) == "−ELBO 130.0 = −log p(x) 128.0 + 2.0 or more"
    assert "IWAE" in explained(gap) and "± 0.4" in explained(gap) and "1 200" in explained(gap)


def test_without_a_likelihood_or_images_it_says_so(qtbot, context: Context, panel_of) -> None:
    panel: GapPanel = panel_of(GapPanel, 500, 400)
    show_space(context)
    qtbot.waitUntil(lambda: panel.words.text() == NO_IMAGES)
    show_space(context, architecture="autoencoder-512")
    qtbot.waitUntil(lambda: panel.words.text() == NO_GAP)
    assert not panel.plot.isVisible()
