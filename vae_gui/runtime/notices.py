"""Notices: the one way in which the person is told something in words — an error, a warning, or what is done."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from PySide6.QtCore import QObject, Signal


class NoticeKind(Enum):
    """The kind of a notice, by which it is shown: what went wrong, what may go wrong, what went well."""

    ERROR = auto()
    WARNING = auto()
    DONE = auto()


@dataclass(frozen=True, slots=True)
class Action:
    """A thing that the person may do about a notice: the words of a button, and what it calls."""

    text: str
    act: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence. path: a file that was written, to be shown on request. actions: at most two."""

    kind: NoticeKind
    text: str
    path: Path | None = None
    actions: tuple[Action, ...] = ()


class Notices(QObject):
    """Signals: `published(Notice)`."""

    published = Signal(object)

    def error(self, text: str, *actions: Action) -> None:
        """Something cannot be done: why, and what to do."""
        self.published.emit(Notice(NoticeKind.ERROR, text, actions=actions))

    def warn(self, text: str) -> None:
        """Something goes on, but not as it should."""
        self.published.emit(Notice(NoticeKind.WARNING, text))

    def done(self, text: str, path: Path | None = None) -> None:
        """Something that was asked for is done."""
        self.published.emit(Notice(NoticeKind.DONE, text, path))

    def exported(self, path: object) -> None:
        """A file was written for other programs; takes what such a job returns, its path."""
        assert isinstance(path, Path)
        self.done(f"Exported {path.name}", path)
