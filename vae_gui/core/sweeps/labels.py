"""Labels: the names and tags that a person gives to runs of a folder, and which were taken out of its table."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from vae_gui.core.storage.verified_container import parse
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked
from vae_gui.core.support.foreign_text import writable
from vae_gui.core.support.json_values import MAX_TEXT_LENGTH, fields, flag, require, text
from vae_gui.core.sweeps.rows import MAX_RUNS

LABELS = "labels.json"
_MAX_BYTES = 16 * 2**20


@dataclass(frozen=True, slots=True)
class RunLabel:
    """The label of one run; empty where nobody gave one. removed: taken out of the table; its file stays."""

    title: str = ""
    tag: str = ""
    removed: bool = False


Labels = Mapping[str, RunLabel]  # by the key of a run
NO_LABEL = RunLabel()


def read_labels(folder: Path) -> Labels:
    """Read the labels, an empty mapping where there are none yet; raises UserError where they cannot be read."""
    path = folder / LABELS
    if not path.exists():
        return {}
    with open_checked(path, _MAX_BYTES) as file:
        content = file.read()
    try:
        entries = fields(parse(content.decode()))
        require(len(entries) <= MAX_RUNS, "there are more labels than runs")
        return {key: _label(key, fields(value)) for key, value in entries.items()}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UserError(
            f"“{path}” is damaged: delete it to go on without names and tags."
        ) from error


def write_labels(labels: Labels, folder: Path) -> None:
    """Write all labels or none; raises UserError where they cannot be written."""
    given = {
        writable(key): asdict(replace(label, title=writable(label.title), tag=writable(label.tag)))
        for key, label in labels.items()
        if label != NO_LABEL
    }
    with atomic_write(folder / LABELS) as file:
        file.write(json.dumps(given, indent=1).encode())


def _label(key: str, values: dict[str, object]) -> RunLabel:
    require(len(key) <= MAX_TEXT_LENGTH, "the key of a run is too long")
    return RunLabel(text(values["title"]), text(values["tag"]), flag(values["removed"]))
