"""The one flow of every export: ask for the file, write it as a job, say that it is done."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from vae_gui.core.support.progress import Job
from vae_gui.runtime.context import Context
from vae_gui.runtime.settings import Settings


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
    settings.last_folder = path.parent
    return path


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
