"""Projection of latent points onto the pad: the chosen axes, and the alignment where the timeline is aligned."""

from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import Encodings
from vae_gui.runtime.explorer import Explorer
from vae_gui.ui.plane.mapping import place_to_z, shown_encodings, shown_place
from vae_gui.ui.plane.marks import Point


class Projection:
    """As the explorer has it at each call."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        self._known: tuple[object, Encodings | None] = (None, None)

    @property
    def turned(self) -> bool:
        """Whether what is shown is aligned to the last entry of the timeline."""
        return self._explorer.weights.alignment is not None

    def encodings(self) -> Encodings | None:
        """As they are shown; the same value as long as nothing has moved."""
        of = self._explorer.scatter.encodings, self._explorer.weights.alignment
        if self._known[0] != of:
            self._known = of, shown_encodings(*of)
        return self._known[1]

    def place(self, z: Z) -> Point:
        """Where z is on the pad."""
        return shown_place(z, self._explorer.latent.axes, self._explorer.weights.alignment)

    def z_at(self, z: Z, x: float, y: float) -> Z:
        """What is at a place of the pad, with the other dimensions of `z`."""
        axes, alignment = self._explorer.latent.axes, self._explorer.weights.alignment
        return place_to_z(z, axes, x, y, alignment)

    def at_cursor(self, x: float, y: float) -> Z:
        """What is at a place of the pad, with the other dimensions of the cursor."""
        return self.z_at(self._explorer.latent.cursor, x, y)
