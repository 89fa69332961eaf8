"""Where a model is saved, and whether its timeline goes along: one dialog for both."""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog, QGridLayout, QWidget

from vae_gui.core.storage.workspace import SUFFIX
from vae_gui.core.storage.workspace_timeline import stored_bytes
from vae_gui.core.vae.timeline import Timeline
from vae_gui.runtime.settings import Settings
from vae_gui.ui.parts.export_file import ask_path, with_suffix

KIND, TITLE = "VAE workspace", "Save the model"
FEWEST = 2  # moments, from which there is something to keep


@dataclass(frozen=True, slots=True)
class SaveChoice:
    """keep_timeline: None where there is no timeline to choose."""

    path: Path
    keep_timeline: bool | None = None


class SaveDialog(QFileDialog):
    """Qt's own dialog, for the desktop's takes no check box."""

    def __init__(self, parent: QWidget, folder: Path, name: str, timeline: Timeline) -> None:
        super().__init__(parent, TITLE, str(folder), f"{KIND} (*{SUFFIX})")
        self.setOption(QFileDialog.Option.DontUseNativeDialog)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setFileMode(QFileDialog.FileMode.AnyFile)
        self.setDefaultSuffix(SUFFIX)
        self.selectFile(name)
        size = stored_bytes(timeline) / 1e6
        self.timeline_box = QCheckBox(f"Include the timeline ({size:,.0f} MB)", self)
        self.timeline_box.setToolTip(
            f"The {len(timeline)} moments of the run, to drag through when the file is opened again"
        )
        layout = self.layout()
        assert isinstance(layout, QGridLayout)
        layout.addWidget(self.timeline_box, layout.rowCount(), 0, 1, -1)


def ask_where_to_save(
    parent: QWidget, settings: Settings, name: str, timeline: Timeline, keep: bool
) -> SaveChoice | None:
    """None where the person cancels. name: a proposal; keep: whether the timeline goes along unless they say no."""
    if len(timeline) < FEWEST:
        path = ask_path(parent, settings, TITLE, name + SUFFIX, SUFFIX, KIND)
        return None if path is None else SaveChoice(path)
    dialog = SaveDialog(parent, settings.last_folder, name + SUFFIX, timeline)
    dialog.timeline_box.setChecked(keep)
    accepted = dialog.exec() == QFileDialog.DialogCode.Accepted
    chosen, kept = dialog.selectedFiles(), dialog.timeline_box.isChecked()
    dialog.deleteLater()
    if not accepted or not chosen:
        return None
    path = with_suffix(Path(chosen[0]), SUFFIX)
    settings.last_folder = path.parent
    return SaveChoice(path, kept)
