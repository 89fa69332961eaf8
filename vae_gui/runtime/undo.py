"""One step of undo: from a latent state to another."""

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from vae_gui.core.state.latent import LatentState

GESTURE = 1  # the id of commands that may merge


class Move(QUndoCommand):
    """`put` goes to a state without recording it. Moves of the same gesture (a drag) merge into one."""

    def __init__(
        self,
        put: Callable[[LatentState], None],
        before: LatentState,
        after: LatentState,
        text: str,
        gesture: int | None,
    ) -> None:
        super().__init__(text)
        self._put = put
        self._before = before
        self._after = after
        self._gesture = gesture

    def id(self) -> int:
        return -1 if self._gesture is None else GESTURE

    def mergeWith(self, other: QUndoCommand) -> bool:
        assert isinstance(other, Move)
        if other._gesture != self._gesture:
            return False
        self._after = other._after
        return True

    def redo(self) -> None:
        self._put(self._after)

    def undo(self) -> None:
        self._put(self._before)
