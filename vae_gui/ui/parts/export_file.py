"""The one flow of every export: ask for the file, write it as a job, say that it is done."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from vae_gui.core.support.progress import Job
from vae_gui.runtime.context import Context
from vae_gui.runtime.settings import Settings
from vae_gui.ui.widgets.label import ask


def ask_path(
    parent: QWidget, settings: Settings, title: str, name: str, suffix: str, kind: str
) -> Path | None:
    """Where a file of this suffix is to be written; None where the person cancels. name: a proposal."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent, title, str(settings.last_folder / name), f"{kind} (*{suffix})"
    )
    if not chosen:
        return None
    path = with_suffix(Path(chosen), suffix)
    if path != Path(chosen) and path.exists() and not _may_replace(parent, title, path):
        return None
    settings.last_folder = path.parent
    return path


def _may_replace(parent: QWidget, title: str, path: Path) -> bool:
    """Ask what the dialog did not, as it was given another name."""
    button = QMessageBox.StandardButton
    text = f"“{path.name}” is there already."
    names = {button.Yes: "Replace it"}
    return ask(parent, title, text, button.Yes | button.Cancel, button.Cancel, names) == button.Yes


def with_suffix(path: Path, suffix: str) -> Path:
    """The path, which ends as files of its kind do."""
    return path if path.suffix.lower() == suffix else path.with_name(path.name + suffix)


def export_file(
    parent: QWidget,
    context: Context,
    name: str,
    suffix: str,
    kind: str,
    make: Callable[[Path], Job[Path]],
) -> None:
    """Write what `make` makes to a file that the person names. kind: of file, in words."""
    path = ask_path(parent, context.settings, f"Export · {kind}", name + suffix, suffix, kind)
    if path is not None:
        context.jobs.start(f"Export {path.name}", lambda: make(path), context.notices.exported)
