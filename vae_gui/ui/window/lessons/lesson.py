"""Lessons: short Markdown files, those of the app and those that a teacher added."""

from dataclasses import dataclass
from pathlib import Path

from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import open_checked
from vae_gui.resources import resources_dir
from vae_gui.ui.style.keys import with_keys

MAX_BYTES, MAX_LESSONS = 200_000, 100


@dataclass(frozen=True, slots=True)
class Lesson:
    """A file and its title, which is its first heading."""

    path: Path
    title: str


def lessons(own_folder: Path) -> tuple[Lesson, ...]:
    """Those of the app, then those of a person's own folder, each in the order of their file names."""
    folders = (resources_dir() / "lessons", own_folder)
    paths = [path for folder in folders for path in sorted(folder.glob("*.md"))]
    return tuple(Lesson(path, _title(path)) for path in paths[:MAX_LESSONS])


def read_lesson(path: Path) -> str:
    """Return its Markdown, with keys as this system calls them; raises UserError where it is no text."""
    with open_checked(path, MAX_BYTES) as file:
        content = file.read()
    try:
        return with_keys(content.decode())
    except UnicodeDecodeError as error:
        raise UserError(f"“{path.name}” is no text: save the lesson in UTF-8.") from error


def _title(path: Path) -> str:
    try:
        first = read_lesson(path).lstrip().partition("\n")[0]
    except UserError:
        first = ""
    return first.lstrip("# ").strip() or path.stem
