"""Panel, the base class: asks standing questions while it is visible and forgets them when it is not."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QWidget

from vae_gui.core.inference.requests import EngineRequest, Value
from vae_gui.core.state.ui_state import Scalar, Values
from vae_gui.runtime.context import Context
from vae_gui.runtime.overrides import qt_override
from vae_gui.runtime.questions import Failed, Reply
from vae_gui.ui.parts.panel_export import PanelExport


class RefreshOn(Enum):
    """Which changes of the latent state refresh a panel, and how fast."""

    NOTHING = auto()
    PATH = auto()  # all but moves of the cursor
    DEFERRED = auto()  # all, after the digit at the cursor is on the screen
    AT_ONCE = auto()
    FIRST = auto()  # before all else, the digit at the pointer or the cursor


class Watchable(Protocol):
    """A live value, or an owner of some."""

    def watch(self, on: bool) -> None: ...


class Panel(QWidget):
    """Override `refresh` to bring the panel up to date; it runs only while the panel is visible.

    title_tools: controls that stand in the title of the panel's dock, where they take no height.

    Signals: `hint_changed(str)`: what the panel shows, in a line, where that depends on the model.
    """

    hint_changed = Signal(str)
    refresh_on = RefreshOn.DEFERRED
    title_tools: tuple[QWidget, ...] = ()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.context = context
        self.explorer = context.explorer
        self._channels: set[str] = set()
        self._watched: list[Watchable] = []
        self._watches = False
        self._takes_model = False
        self.explorer.model_changed.connect(self._on_model_changed)
        match self.refresh_on:
            case RefreshOn.PATH:
                self.explorer.path_changed.connect(self._refresh_if_visible)
            case RefreshOn.DEFERRED:
                self.explorer.latent_settled.connect(self._refresh_if_visible)
            case RefreshOn.AT_ONCE:
                self.explorer.latent_changed.connect(self._refresh_if_visible)
            case RefreshOn.FIRST:
                self.explorer.focus_changed.connect(self._refresh_if_visible)

    def set_model(self) -> None:
        """Another model is shown: other dimensions, classes or images. `refresh` follows."""

    def refresh(self) -> None:
        """Show the state as it is and ask for what is missing."""

    def restyle(self) -> None:
        """Take the colours of the current theme, where the style sheet does not reach."""

    def state(self) -> dict[str, Scalar]:
        """The choices made here as plain values, for a file."""
        return {}

    def restore_state(self, values: Values) -> None:
        """Take the choices of a file; `refresh` follows where the panel is visible."""

    def bind_letter(self, key: str, act: Callable[[], object]) -> None:
        """A single letter, which acts while the focus is in this panel: typed elsewhere it is for elsewhere."""
        focus = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(key), self, context=focus).activated.connect(act)

    def exports(self) -> tuple[PanelExport, ...]:
        """What the panel can be written as beside its picture, as it is now."""
        return ()

    def ask(
        self,
        channel: str,
        request: EngineRequest[Value],
        reply: Reply[Value],
        failed: Failed | None = None,
    ) -> None:
        """A standing question of this panel, forgotten when it is hidden. failed: is told why there is no answer."""
        self._channels.add(channel)
        self.explorer.questions.ask(channel, request, reply, failed)

    def forget(self, channel: str) -> None:
        self._channels.discard(channel)
        self.explorer.questions.forget(channel)

    def watch_while_visible(self, live: Watchable) -> None:
        """Have a live value kept up to date for this panel; hidden, it costs nothing."""
        self._watched.append(live)

    def _watch(self, on: bool) -> None:
        if on != self._watches:
            self._watches = on
            for live in self._watched:
                live.watch(on)

    @qt_override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._watch(True)
        self.refresh()

    @qt_override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._watch(False)
        for channel in self._channels:
            self.explorer.questions.forget(channel)
        self._channels.clear()

    def _on_model_changed(self) -> None:
        self._channels.clear()
        self._takes_model = True  # one refresh, at the end
        values = self.context.library.restored.panels.get(self.objectName())
        if values:
            self.restore_state(values)
        self.set_model()
        self._takes_model = False
        self._refresh_if_visible()

    def _refresh_if_visible(self) -> None:
        if self.isVisible() and not self._takes_model:
            self.refresh()
