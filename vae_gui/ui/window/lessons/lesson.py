"""Lessons: short Markdown files, those of the app and those that a teacher added."""

from dataclasses import dataclass
from pathlib import Path

from vae_gui.core.support.errors import UserError
from vae_gui.resources import resources_dir

MOST_BYTES, MOST_LESSONS = 200_000, 100


@dataclass(frozen=True, slots=True)
class Lesson:
    """A file and its title, which is its first heading."""

    path: Path
    title: str


def lessons(own_folder: Path) -> tuple[Lesson, ...]:
    """Those of the app, then those of a person's own folder, each in the order of their file names."""
    folders = (resources_dir() / "lessons", own_folder)
    paths = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    return tuple(Lesson(path, _title(path)) for path in paths[:MOST_LESSONS])


def read_lesson(path: Path) -> str:
    """Its Markdown; raises UserError where it is no text."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UserError(f"{path.name} is too long for a lesson.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path.name} cannot be read as a lesson.") from error


def _title(path: Path) -> str:
    try:
        first = read_lesson(path).lstrip().partition("\n")[0]
    except UserError:
        first = ""
    return first.lstrip("# ").strip() or path.stem
