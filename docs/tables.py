"""Writes the tables of `docs/guide/reference.md` from the registries: `make docs`."""

import dataclasses
from collections.abc import Callable, Iterable
from operator import attrgetter
from pathlib import Path

from vae_gui.core.analysis.embedding import METHODS, EmbeddingSettings
from vae_gui.core.analysis.probe import ProbeSettings
from vae_gui.core.datasets import DATASETS
from vae_gui.core.export.formats import FORMATS
from vae_gui.core.export.options import AnimationOptions, StripOptions
from vae_gui.core.export.replay import ReplayOptions
from vae_gui.core.latent.grid import ManifoldChoice
from vae_gui.core.latent.traversal import PlaneOptions, RowOptions
from vae_gui.core.paths import PATHS
from vae_gui.core.pictures.layers import LAYERS
from vae_gui.core.sharing import SHARES
from vae_gui.core.support.settings import SettingField, settings_of
from vae_gui.core.vae.config import ModelConfig, TrainConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.presets import PRESETS
from vae_gui.ui.panels import PANELS
from vae_gui.ui.plane.overlays import OVERLAYS

REFERENCE = Path(__file__).parent / "guide" / "reference.md"
INTRODUCTION = """# Reference

Everything that can be chosen, with the name by which files and the command line know it. This page is written by
`make docs` from the registries in the code: change it there.
"""
Columns = dict[str, Callable[[object], object]]
NAME: Columns = {
    "name": lambda entry: code(attrgetter("name")(entry)),
    "title": attrgetter("title"),
}
DESCRIBED: Columns = {**NAME, "what": attrgetter("description")}
TIPPED: Columns = {**NAME, "what": attrgetter("tip")}
REGISTRIES: dict[str, tuple[Callable[[], Iterable[object]], Columns]] = {
    "Presets": (PRESETS.values, DESCRIBED),
    "Architectures": (
        MODELS.values,
        {**DESCRIBED, "image sides": lambda entry: listed(attrgetter("sides")(entry)) or "any"},
    ),
    "Data sets": (
        DATASETS.values,
        {
            **DESCRIBED,
            "training images": attrgetter("train_images"),
            "test images": attrgetter("test_images"),
            "side": attrgetter("side"),
            "download": lambda entry: megabytes(attrgetter("download_bytes")(entry)),
        },
    ),
    "Likelihoods": (
        LIKELIHOODS.values,
        {
            **NAME,
            "what": attrgetter("help"),
            "losses compare within": attrgetter("scale"),
        },
    ),
    "Embeddings": (METHODS.values, DESCRIBED),
    "Paths from A to B": (PATHS.values, TIPPED),
    "Backgrounds of the pad": (LAYERS.values, TIPPED),
    "Overlays of the pad": (
        OVERLAYS.values,
        {**TIPPED, "at first": lambda entry: "on" if attrgetter("default")(entry) else "off"},
    ),
    "Panels": (lambda: PANELS, {**NAME, "what": attrgetter("hint")}),
    "Export formats": (
        FORMATS.values,
        {**NAME, "ending": lambda entry: code(attrgetter("suffix")(entry))},
    ),
    "What a model leaves as": (
        SHARES.values,
        {**DESCRIBED, "ending": lambda entry: code(attrgetter("suffix")(entry))},
    ),
}
CONFIGS: dict[str, type] = {
    "Settings of a model": ModelConfig,
    "Settings of a training run": TrainConfig,
    "Settings of an embedding": EmbeddingSettings,
    "Settings of the probe": ProbeSettings,
    "Options of traversal rows": RowOptions,
    "Options of a traversal plane": PlaneOptions,
    "Options of the manifold": ManifoldChoice,
    "Options of an animation": AnimationOptions,
    "Options of a strip or a grid": StripOptions,
    "Options of a replay": ReplayOptions,
}


def reference() -> str:
    """The whole page."""
    tables = [table(title, entries(), cols) for title, (entries, cols) in REGISTRIES.items()]
    settings = [
        table(title, settings_of(kind), of_setting(kind)) for title, kind in CONFIGS.items()
    ]
    return "\n".join([INTRODUCTION, *tables, *settings])


def table(title: str, entries: Iterable[object], columns: Columns) -> str:
    """A heading, and a row for each entry."""
    rows = [[column(entry) for column in columns.values()] for entry in entries]
    lines = [line(cells) for cells in (columns, ["---"] * len(columns), *rows)]
    return "\n".join([f"## {title}", "", *lines, ""])


def line(cells: Iterable[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


def of_setting(config: type) -> Columns:
    """The columns of a config's settings."""
    fields = {field.name: field for field in dataclasses.fields(config)}
    return {
        "key": lambda item: code(attrgetter("name")(item)),
        "label": attrgetter("setting.label"),
        "what": attrgetter("setting.help"),
        "values": values,
        "default": lambda item: default(fields[attrgetter("name")(item)]),
    }


def values(item: object) -> str:
    assert isinstance(item, SettingField)
    setting = item.setting
    if setting.choices:
        return listed(map(code, setting.choices))
    limits = (setting.minimum, setting.maximum)
    low, high = (f"{limit:,.10g}".replace(",", " ") for limit in limits)
    return f"{low} to {high} {setting.unit}".rstrip()


def default(field: "dataclasses.Field[object]") -> str:
    """Return a field's default as text, but never this machine's, where there is one for each machine."""
    return "by machine" if field.default is dataclasses.MISSING else code(field.default)


def megabytes(size: int) -> str:
    return f"{size / 1e6:.0f} MB" if size else ""


def listed(items: Iterable[object]) -> str:
    return ", ".join(map(str, items))


def code(value: object) -> str:
    return f"`{value}`"


if __name__ == "__main__":
    REFERENCE.write_text(reference(), encoding="utf-8")
