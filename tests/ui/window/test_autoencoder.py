"""An autoencoder in the window: one loss, no β, and nothing that speaks of a prior or a posterior."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QLabel

from tests.spaces import show_space
from tests.tiny import tiny_config, tiny_data
from tests.ui.conftest import PanelOf
from vae_gui.core.latent.grid import ManifoldChoice
from vae_gui.core.latent.traversal import WIDE
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.encodings import code_range
from vae_gui.core.vae.history import History
from vae_gui.runtime.context import Context
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.curves.panel import CurvesPanel
from vae_gui.ui.panels.explore.panel import ExplorePanel
from vae_gui.ui.panels.explore.traversal import Traversal
from vae_gui.ui.panels.manifold.panel import ManifoldPanel
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.window.run_bar import RunBar

AUTOENCODER = ModelConfig("autoencoder-512", likelihood="squared-error")


def run_of(model: ModelConfig, **train: object) -> RunConfig:
    return replace(tiny_config(epochs=10_000, **train), model=model)


@pytest.fixture
def bar(qtbot, qapp: QApplication, context: Context) -> RunBar:
    apply_theme(qapp, DARK)
    bar = RunBar(context)
    qtbot.addWidget(bar)
    bar.show()
    return bar


def texts(widget: object) -> str:
    labels = [label for label in widget.findChildren(QLabel) if label.isVisible()]
    return " ".join(label.text() for label in labels)


def test_its_curve_is_one_squared_error(
    qtbot, context: Context, panel_of: PanelOf, bars: object
) -> None:
    panel, hints = panel_of(CurvesPanel, 1200, 220), []
    panel.hint_changed.connect(hints.append)
    with qtbot.waitSignal(context.library.shown_changed):
        context.session.train(run_of(AUTOENCODER))
    qtbot.waitUntil(lambda: "batch" in texts(panel) and "test" in texts(panel))
    assert [plot.curve.title for plot in panel.plots if plot.isVisible()] == [
        "Squared error per image"
    ]
    said = f"{texts(panel)} {hints[-1]}"
    assert not any(word in said for word in ("nats", "KL", "ELBO", "Objective"))
    show_space(context)
    assert [plot.curve.title for plot in panel.plots if plot.isVisible()] == [
        "Objective", "−ELBO", "Reconstruction", "KL"
    ]  # fmt: skip
    assert hints[-1].startswith("nats per image")


def test_the_curve_of_a_recipe_with_input_noise_says_so(
    qtbot, context: Context, panel_of: PanelOf, bars: object
) -> None:
    panel, hints = panel_of(CurvesPanel, 1200, 220), []
    panel.hint_changed.connect(hints.append)
    for noise, said in ((0.2, True), (0.0, False)):
        with qtbot.waitSignal(context.library.shown_changed):
            context.session.train(run_of(ModelConfig("mlp-256"), input_noise=noise))
        assert ("input noise σ = 0.2" in hints[-1]) is said
        assert ("about 2 nats" in panel.plots[0].plot.toolTip()) is said
        with qtbot.waitSignal(context.training.ended):
            context.training.stop()


def test_beta_is_off_and_says_why(bar: RunBar) -> None:
    before = bar.beta.toolTip()
    bar.settings.set_preset("s1-ae-mlp")
    form = bar.settings.train_form
    assert not bar.beta.isEnabled() and "no KL" in bar.beta.toolTip()
    assert not form.editor("beta").isEnabled() and "no KL" in form.editor("beta").toolTip()
    assert not form.editor("warmup_epochs").isEnabled()
    bar.settings.set_preset("s3-mlp")
    assert bar.beta.isEnabled() and bar.beta.toolTip() == before
    assert form.editor("beta").isEnabled() and "ELBO" in form.editor("beta").toolTip()


def test_beta_belongs_to_the_run_that_goes_on(qtbot, context: Context, bar: RunBar) -> None:
    context.training.start(run_of(AUTOENCODER), tiny_data(), History(), paused=True)
    assert not bar.beta.isEnabled()
    context.training.stop()
    qtbot.waitUntil(lambda: context.training.phase is Phase.IDLE)
    assert bar.beta.isEnabled()  # of the next run, a VAE


def test_the_meter_speaks_of_a_kernel_density(qtbot, context: Context, panel_of: PanelOf) -> None:
    panel = panel_of(ExplorePanel, 600, 600)
    show_space(context, 2, "autoencoder-512")
    label = panel.decoded.coverage_label
    qtbot.waitUntil(lambda: label.text() != "")
    assert label.text().startswith("log kde") and "kernel density" in label.toolTip()
    assert "posterior:" not in label.toolTip()


def test_the_manifold_runs_over_its_codes(qtbot, context: Context, panel_of: PanelOf) -> None:
    panel = panel_of(ManifoldPanel, 700, 500)
    panel.set_choice(ManifoldChoice(rows=7))
    show_space(context, 2, "autoencoder-512")
    qtbot.waitUntil(lambda: panel._shown is not None and len(panel._shown.x) == 7)
    encodings = context.explorer.scatter.encodings
    for values, axis in ((panel._shown.x, 0), (panel._shown.y[::-1], 1)):
        low, high = code_range(encodings, axis)
        np.testing.assert_allclose(values, np.linspace(low, high, panel.choice.rows))
    assert panel.percentile_box.isHidden() and "prior" in panel._note.text()
    assert panel.mode_box.currentText() == "Over its codes"
    show_space(context)
    qtbot.waitUntil(lambda: panel._shown is not None)
    assert panel._shown == ManifoldChoice(rows=7).latent_grid(2)
    assert panel.mode_box.currentText() == "By percentile"


def test_its_traversal_rows_run_over_its_codes(qtbot, context: Context, panel_of: PanelOf) -> None:
    panel = panel_of(Traversal, 520, 600)
    show_space(context, 3, "autoencoder-512")
    encodings = context.explorer.scatter.encodings
    form = panel.bar.row_form
    form.set_value(replace(form.value(), spacing=WIDE))
    panel.bar.changed.emit()
    for row in panel.rows:
        low, high = code_range(encodings, row.dimension)
        ends = np.floor(2 * low) / 2, np.ceil(2 * high) / 2
        assert (row.low, row.high) == ends
        assert (row.values()[0], row.values()[-1]) == ends
    assert "no prior" in panel.note.text()
