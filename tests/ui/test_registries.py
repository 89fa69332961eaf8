"""One entry in a registry is all that a new kind needs: window and command line are built from the registries."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QComboBox

from vae_gui.cli.parser import build_parser
from vae_gui.core.datasets import DATASETS
from vae_gui.core.export.formats import FORMATS
from vae_gui.core.paths import PATHS
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import ModelConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.presets import PRESETS
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.plane.overlays import OVERLAYS, Stage
from vae_gui.ui.plane.scene import PlaneScene
from vae_gui.ui.window.export_form import ExportForm
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.replay_form import ReplayForm
from vae_gui.ui.window.run_settings import RunSettings

TOY = "Toy"
GREEN = QColor("#00ff00")


def titles(box: QComboBox) -> list[str]:
    return [box.itemText(index) for index in range(box.count())]


def help_of(*words: str) -> str:
    """What the command line says of a command."""
    with pytest.raises(SystemExit):
        build_parser().parse_args([*words, "--help"])
    return ""


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Callable[[dict, str], None]:
    """A toy in a registry, made from one of its entries, before anything is built from it."""

    def add(registry: dict, like: str, **changes: object) -> None:
        toy = replace(registry[like], name="toy", title=TOY, **changes)
        monkeypatch.setitem(registry, "toy", toy)

    return add


def test_a_pad_background_is_offered_and_drawn(qtbot, add, panel_of) -> None:
    add(LAYERS, "manifold")
    panel = panel_of(PadPanel, 600, 500)
    button = panel.layers_form.backgrounds["toy"]
    assert button.text() == TOY
    button.click()
    assert panel.layers.background == "toy"


def paint_green(painter: QPainter, scene: PlaneScene) -> None:
    painter.fillRect(scene.area, GREEN)


def test_an_overlay_is_offered_and_painted(qtbot, add, panel_of) -> None:
    add(OVERLAYS, "path", stage=Stage.MARKS, paint=paint_green, default=False)
    panel = panel_of(PadPanel, 600, 500)
    box = panel.layers_form.overlays["toy"]
    assert box.text() == TOY
    middle = panel.view.rect().center()
    assert panel.view.grab().toImage().pixelColor(middle) != GREEN
    box.click()
    assert panel.view.grab().toImage().pixelColor(middle) == GREEN


@pytest.mark.parametrize(
    ("registry", "like", "field"),
    [(LIKELIHOODS, "bernoulli", "likelihood"), (MODELS, "mlp-256", "architecture")],
)
def test_a_likelihood_or_architecture_is_a_choice_of_the_form_and_of_a_run(
    qtbot, context, add, registry: dict, like: str, field: str
) -> None:
    add(registry, like)
    form = RunSettings(context.jobs)
    qtbot.addWidget(form)
    editor = form.model_form.editor(field)
    assert isinstance(editor, QComboBox)
    assert TOY in titles(editor)
    assert getattr(replace(ModelConfig(), **{field: "toy"}), field) == "toy"
    with pytest.raises(UserError, match="toy"):
        replace(ModelConfig(), **{field: "no such"})


def test_a_kind_of_path_is_offered_everywhere_and_followed(
    qtbot, add, window_of: Callable[[], MainWindow], capsys: pytest.CaptureFixture[str]
) -> None:
    add(PATHS, "straight")
    window = window_of()
    lab, panels = window.context.path_lab, window.docks.panels
    assert "toy" in panels["paths"].rows
    lab.choose("toy")
    assert window.context.explorer.latent.path == "toy"
    assert np.isfinite(lab.points(5)).all()
    help_of("export", "strip")
    assert "toy" in capsys.readouterr().out


def test_an_export_format_is_offered_by_both_forms_and_by_the_command_line(
    qtbot, add, capsys: pytest.CaptureFixture[str]
) -> None:
    add(FORMATS, "gif", suffix=".toy")
    export, replay = ExportForm(), ReplayForm()
    for form in (export, replay):
        qtbot.addWidget(form)
        assert TOY in titles(form.format_box)
    help_of("export", "strip")
    assert ".toy" in capsys.readouterr().out


def test_a_preset_and_a_data_set_are_offered_by_window_and_command_line(
    qtbot, add, window_of: Callable[[], MainWindow], capsys: pytest.CaptureFixture[str]
) -> None:
    add(PRESETS, "s3-mlp")
    add(DATASETS, "digits")
    bar = window_of().run_bar
    assert TOY in titles(bar.preset_box)
    assert TOY in titles(bar.dataset_box)
    for listing in ("presets", "datasets"):
        options = build_parser().parse_args([listing])
        assert options.run(options) == 0
        assert "toy" in capsys.readouterr().out


def test_a_file_of_the_command_line_is_written_in_a_format_that_was_added(
    add, tmp_path: Path
) -> None:
    from vae_gui.core.export.options import AnimationOptions
    from vae_gui.core.export.writers import export_animation
    from vae_gui.core.support.progress import finish

    add(FORMATS, "gif", suffix=".toy")
    frames = [np.full((28, 28), grey, np.uint8) for grey in (0, 255)]
    path = finish(export_animation(frames, tmp_path / "a.toy", AnimationOptions(2, 28)))
    assert path.read_bytes().startswith(b"GIF89a")
