"""The LESSON_ACTIONS registry: what a button of a lesson may do to the window, one entry for each word.

A link `do:recipe=recommended&set=beta:4&train` does one after the other. Lessons may come from anybody, so an
action sets the app up and does nothing else: it reads no file but the example, writes none, and opens no address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from vae_gui.core.datasets import DATASETS
from vae_gui.core.paths import PATHS
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.settings import ConfigType, settings_of
from vae_gui.core.sweeps.vary import QueuedRun
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.run_settings import setting_value, with_settings
from vae_gui.runtime.training import Phase
from vae_gui.ui.parts.digit_actions import z_from_text

if TYPE_CHECKING:
    from vae_gui.ui.window.main_window import MainWindow

SCHEME = "do:"


def run_link(window: MainWindow, link: str) -> None:
    """Do what a link says; raises UserError where it says something that cannot be done."""
    for part in link.removeprefix(SCHEME).split("&"):
        name, _, value = part.partition("=")
        if name not in LESSON_ACTIONS:
            raise UserError(f"This lesson asks for “{name}”, which the app does not know.")
        LESSON_ACTIONS[name](window, value)


def _known(value: str, names: Collection[str], what: str) -> str:
    if value not in names:
        raise UserError(f"This lesson names the {what} “{value}”, which there is not.")
    return value


def _by(window: MainWindow) -> str:
    """Who sets what this lesson sets."""
    return f"The lesson “{window.lesson_dock.windowTitle()}”"


def _example(window: MainWindow, _: str) -> None:
    window.open_example()


def _panel(window: MainWindow, value: str) -> None:
    window.docks.bring_up(_known(value, window.docks.panels, "panel"))


def _recipe(window: MainWindow, value: str) -> None:
    window.run_bar.choose_preset(_known(value, PRESETS, "recipe"), _by(window))


def _data(window: MainWindow, value: str) -> None:
    window.run_bar.dataset_box.choose(_known(value, DATASETS, "data set"))


def _set(window: MainWindow, value: str) -> None:
    """As in `beta:4,latent_dim:10`."""
    forms = window.run_bar.settings
    for part in value.split(","):
        name, _, text = part.partition(":")
        model, train = forms.model_form.value(), forms.train_form.value()
        if name in {item.name for item in settings_of(ModelConfig)}:
            forms.set_model(_changed(model, name, text), _by(window))
        else:
            forms.set_train(_changed(train, name, text), _by(window))


def _changed(config: ConfigType, name: str, text: str) -> ConfigType:
    item = next((item for item in settings_of(type(config)) if item.name == name), None)
    try:
        if item is not None:
            values: dict[str, Any] = {name: item.kind(text)}
            return replace(config, **values)
    except ValueError:
        pass
    raise UserError(f"This lesson sets “{name}” to “{text}”, which cannot be.")


def _train(window: MainWindow, _: str) -> None:
    if window.context.training.phase is not Phase.IDLE:
        raise UserError(
            "A model is still learning: press Stop, then the button of the lesson again."
        )
    window.run_bar.train()
    # What the lesson has set is of this run: the next one begins from the recipe as it is.
    window.run_bar.choose_preset(window.run_bar.config().preset, _by(window))


def _background(window: MainWindow, value: str) -> None:
    explorer = window.context.explorer
    explorer.set_layers(replace(explorer.layers, background=_known(value, LAYERS, "background")))


def _path(window: MainWindow, value: str) -> None:
    window.context.path_lab.choose(_known(value, PATHS, "path"))


def _cursor(window: MainWindow, value: str) -> None:
    explorer = window.context.explorer
    explorer.move_cursor(z_from_text(value, explorer.latent_dim))


def _ends(window: MainWindow, value: str) -> None:
    """A and B, as in `-2,0;2,0`."""
    explorer = window.context.explorer
    a, _, b = value.partition(";")
    for name, text in (("A", a), ("B", b)):
        explorer.set_endpoint(name, z_from_text(text, explorer.latent_dim))


def _compare(window: MainWindow, value: str) -> None:
    """Train two runs and put one beside the other, as in `recommended,beta:1;recommended,beta:4`."""
    runs = [_queued(window, text) for text in value.split(";")]
    if len(runs) != 2:
        raise UserError(f"This lesson compares {len(runs)} runs: it has to name two.")
    window.comparing.train_both(*runs)


def _queued(window: MainWindow, text: str) -> QueuedRun:
    preset, *settings = text.split(",")
    recipe = PRESETS[_known(preset, PRESETS, "recipe")]
    dataset = _known(window.run_bar.dataset_box.name(), DATASETS, "data set")
    config = RunConfig(preset, dataset, recipe.model, recipe.train)
    values = {}
    for part in settings:
        name, _, value = part.partition(":")
        values[name] = setting_value(name, value)
    title = " · ".join([recipe.title, *(f"{name} {value}" for name, value in values.items())])
    return QueuedRun(title, with_settings(config, values, DATASETS[dataset].side))


LESSON_ACTIONS: dict[str, Callable[[MainWindow, str], None]] = {
    "example": _example,
    "panel": _panel,
    "recipe": _recipe,
    "data": _data,
    "set": _set,
    "train": _train,
    "compare": _compare,
    "background": _background,
    "path": _path,
    "cursor": _cursor,
    "ends": _ends,
}
