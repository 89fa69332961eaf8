"""Steps of undo, each from one frozen value to another."""

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QUndoCommand

from vae_gui.core.state.drag import DragId
from vae_gui.core.state.latent import LatentState
from vae_gui.runtime.overrides import qt_override

MERGEABLE = 1  # the id of commands that may merge
State = TypeVar("State")


class PutCommand(QUndoCommand, Generic[State]):
    """`put` goes to a state without recording it."""

    def __init__(
        self, put: Callable[[State], None], before: State, after: State, text: str
    ) -> None:
        super().__init__(text)
        self._put = put
        self._before = before
        self._after = after

    @qt_override
    def redo(self) -> None:
        self._put(self._after)

    @qt_override
    def undo(self) -> None:
        self._put(self._before)


class MoveCommand(PutCommand[LatentState]):
    """Moves of the same drag merge into one."""

    def __init__(
        self,
        put: Callable[[LatentState], None],
        before: LatentState,
        after: LatentState,
        text: str,
        drag_id: DragId | None,
    ) -> None:
        super().__init__(put, before, after, text)
        self._drag_id = drag_id

    @qt_override
    def id(self) -> int:
        return -1 if self._drag_id is None else MERGEABLE

    @qt_override
    def mergeWith(self, other: QUndoCommand) -> bool:
        assert isinstance(other, MoveCommand)
        if other._drag_id is not self._drag_id:
            return False
        self._after = other._after
        return True
