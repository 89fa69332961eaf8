"""Where a model is saved, in the dialog of the desktop, and then whether its timeline goes along."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QMessageBox, QWidget

from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.storage.workspace_timeline import kept, stored_bytes
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.settings import Settings
from vae_gui.ui.parts.export_file import ask_path
from vae_gui.ui.widgets.label import ask

KIND, TITLE = "VAE workspace", "Save the model"
MIN_MOMENTS = 2  # moments, from which there is something to keep
QUESTION = "Include the timeline?"
WHAT_FOR = (
    "They can be dragged through when the file is opened again. The model is saved whole, so that training goes on from "
    "its end; from an earlier moment of the file it cannot, as the encoder of then is left out."
)
BUTTON = QMessageBox.StandardButton


@dataclass(frozen=True, slots=True)
class SaveChoice:
    """keep_timeline: None where there is no timeline to choose."""

    path: Path
    keep_timeline: bool | None = None


def ask_where_to_save(
    parent: QWidget, settings: Settings, name: str, entry: OpenModel
) -> SaveChoice | None:
    """None where the person cancels. name: a proposal. The timeline goes along unless they say or said no."""
    path = ask_path(parent, settings, TITLE, name + SUFFIX, SUFFIX, KIND)
    if path is None or len(entry.timeline) < MIN_MOMENTS:
        return None if path is None else SaveChoice(path)
    answer = ask(
        parent,
        TITLE,
        QUESTION,
        BUTTON.Yes | BUTTON.No | BUTTON.Cancel,
        BUTTON.No if entry.keep_timeline is False else BUTTON.Yes,
        {BUTTON.Yes: "Include it", BUTTON.No: "Leave it out"},
        f"{_words(entry)}\n\n{WHAT_FOR}",
    )
    return None if answer == BUTTON.Cancel else SaveChoice(path, answer == BUTTON.Yes)


def _words(entry: OpenModel) -> str:
    """Say which moments go along, and how large they are."""
    timeline = kept(entry.timeline, entry.snapshot)
    moments, all_of_them = len(timeline), len(entry.timeline)
    count = f"{moments}" if moments == all_of_them else f"{moments} of {all_of_them}"
    size = stored_bytes(timeline, entry.snapshot) / 1e6
    return f"{count} moments, decoders alone, half precision: {size:,.1f} MB."
