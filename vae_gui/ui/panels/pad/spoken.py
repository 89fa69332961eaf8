"""The pad for a screen reader: where the cursor is, beside which class, and whether that is on the map."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible

from vae_gui.ui.access.reading import Reading
from vae_gui.ui.panels.pad.projection import Projection
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.scatter import PadScatter
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.keys import with_keys
from vae_gui.ui.style.numbers import hundredths

KEYS = (
    "The arrow keys move the cursor by 0.1, with {key:Shift} by 0.5, with {key:Ctrl} by 0.01. {key:Home} goes to the origin. "
    "A and B put an end of the path here, K a keyframe, {key:Delete} takes it away. Plus and minus zoom, F shows all. "
    "The menu key opens what can be done with the digit."
)
NEAR = 1.0  # latent units within which an encoding says of which class the place is


class PadSpoken(QObject):
    """scatter: the encodings that are shown, or None."""

    def __init__(
        self,
        panel: Panel,
        view: PadView,
        projection: Projection,
        scatter: Callable[[], PadScatter | None],
    ) -> None:
        super().__init__(panel)
        self._explorer, self._coverage = panel.explorer, panel.context.coverage
        self._projection, self._scatter = projection, scatter
        view.setAccessibleDescription(with_keys(KEYS))
        reading = Reading(view, QAccessible.Role.Graphic, self.words)
        self._explorer.latent_changed.connect(reading.moved)

    def words(self) -> str:
        """Such as: z1 0.50, z2 −1.20, beside encodings of 7, well inside."""
        latent = self._explorer.latent
        x, y = self._projection.place(latent.cursor)
        parts = [f"z{latent.axes[0] + 1} {hundredths(x)}"]
        if self._explorer.latent_dim > 1:
            parts.append(f"z{latent.axes[1] + 1} {hundredths(y)}")
        scatter, coverage = self._scatter(), self._coverage.value
        nearest = None if scatter is None else scatter.nearest(x, y, NEAR)
        if scatter is not None and nearest is not None and scatter.encodings.labels is not None:
            parts.append(f"beside encodings of {scatter.encodings.class_name(nearest)}")
        if coverage is not None and len(latent.cursor) == coverage.mixture.latent_dim:
            parts.append(coverage.level(coverage.log_density(latent.cursor)).value)
        return ", ".join(parts)
