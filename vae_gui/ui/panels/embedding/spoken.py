"""The embedding for a screen reader: which encoding the cursor is at."""

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible

from vae_gui.ui.access.reading import Reading
from vae_gui.ui.panels.embedding.view import EmbeddingView
from vae_gui.ui.parts.digit_actions import z_as_text
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.style.keys import with_keys

KEYS = (
    "The arrow keys go to the next encoding in their direction, {key:Home} to the one nearest to the origin. "
    "A and B put an end of the path here. Plus and minus zoom."
)


class EmbeddingSpoken(QObject):
    """The view shows the encoding that is nearest to the cursor."""

    def __init__(self, panel: Panel, view: EmbeddingView) -> None:
        super().__init__(panel)
        self._explorer, self._view = panel.explorer, view
        view.setAccessibleDescription(with_keys(KEYS))
        reading = Reading(view, QAccessible.Role.Graphic, self.words)
        self._explorer.latent_changed.connect(reading.moved)

    def words(self) -> str:
        """Such as: encoding of 7, z = 0.51, -1.2."""
        shown = self._view.embedding
        index = self._view.nearest_in_space(self._explorer.latent.cursor)
        if shown is None or index is None:
            return ""
        name = shown.encodings.class_name(index)
        kind = f"encoding of {name}" if name else "encoding"
        return f"{kind}, z = {z_as_text(self._view.z_of(index))}"
