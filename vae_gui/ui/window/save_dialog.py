"""Where a model is saved, and whether its timeline goes along: one dialog for both."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QGridLayout, QWidget

from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.storage.workspace_timeline import kept, stored_bytes
from vae_gui.runtime.library import OpenModel
from vae_gui.runtime.settings import Settings
from vae_gui.ui.parts.export_file import ask_path, with_suffix

KIND, TITLE = "VAE workspace", "Save the model"
FEWEST = 2  # moments, from which there is something to keep
TIP = (
    "To drag through when the file is opened again. The model is saved whole, so that training goes on from "
    "its end; from an earlier moment of the file it cannot, as the encoder of then is left out."
)


@dataclass(frozen=True, slots=True)
class SaveChoice:
    """keep_timeline: None where there is no timeline to choose."""

    path: Path
    keep_timeline: bool | None = None


class SaveDialog(QFileDialog):
    """Qt's own dialog, for the desktop's takes no check box."""

    def __init__(self, parent: QWidget, folder: Path, name: str, entry: OpenModel) -> None:
        super().__init__(parent, TITLE, str(folder), f"{KIND} (*{SUFFIX})")
        self.setOption(QFileDialog.Option.DontUseNativeDialog)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        self.setDefaultSuffix(SUFFIX)
        self.selectFile(name)
        self.timeline_box = QCheckBox(_words(entry), self)
        self.timeline_box.setToolTip(TIP)
        layout = self.layout()
        assert isinstance(layout, QGridLayout)
        layout.addWidget(self.timeline_box, layout.rowCount(), 0, 1, -1)


def _words(entry: OpenModel) -> str:
    """Say which moments go along, and how large they are."""
    timeline = kept(entry.timeline, entry.snapshot)
    moments, all_of_them = len(timeline), len(entry.timeline)
    count = f"{moments}" if moments == all_of_them else f"{moments} of {all_of_them}"
    size = stored_bytes(timeline, entry.snapshot) / 1e6
    return f"Include the timeline: {count} moments, decoders alone, half precision ({size:,.1f} MB)"


def ask_where_to_save(
    parent: QWidget, settings: Settings, name: str, entry: OpenModel
) -> SaveChoice | None:
    """None where the person cancels. name: a proposal. The timeline goes along unless they say or said no."""
    if len(entry.timeline) < FEWEST:
        path = ask_path(parent, settings, TITLE, name + SUFFIX, SUFFIX, KIND)
        return None if path is None else SaveChoice(path)
    dialog = SaveDialog(parent, settings.last_folder, name + SUFFIX, entry)
    dialog.timeline_box.setChecked(entry.keep_timeline is not False)
    accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
    chosen, kept = dialog.selectedFiles(), dialog.timeline_box.isChecked()
    dialog.deleteLater()
    if not accepted or not chosen:
        return None
    path = with_suffix(Path(chosen[0]), SUFFIX)
    settings.last_folder = path.parent
    return SaveChoice(path, kept)
