"""A panel asks standing questions while it is visible and forgets them when it is not."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from vae_gui.core.requests import Request, Value
from vae_gui.runtime.explorer import Reply
from vae_gui.ui.context import Context


class Panel(QWidget):
    """Override `refresh` to bring the panel up to date; it runs only while the panel is visible."""

    follows_latent = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.context = context
        self.explorer = context.explorer
        self._channels: set[str] = set()
        self.explorer.space_changed.connect(self._on_space_changed)
        if self.follows_latent:
            self.explorer.latent_changed.connect(self._refresh_if_visible)

    def enter_space(self) -> None:
        """Another model is shown: other dimensions, classes or images. Runs before `refresh`."""

    def refresh(self) -> None:
        """Show the state of now and ask for what is missing."""

    def restyle(self) -> None:
        """Take the colours of the current theme, where the style sheet does not reach."""

    def ask(self, channel: str, request: Request[Value], reply: Reply[Value]) -> None:
        """A standing question of this panel, forgotten when it is hidden."""
        self._channels.add(channel)
        self.explorer.ask(channel, request, reply)

    def forget(self, channel: str) -> None:
        self._channels.discard(channel)
        self.explorer.forget(channel)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        for channel in self._channels:
            self.explorer.forget(channel)
        self._channels.clear()

    def _on_space_changed(self) -> None:
        self._channels.clear()
        self.enter_space()
        self._refresh_if_visible()

    def _refresh_if_visible(self) -> None:
        if self.isVisible():
            self.refresh()
