"""The layers of the pad as one frozen choice: a background, and the overlays that were switched on or off."""

from collections.abc import Mapping
from dataclasses import dataclass

NO_BACKGROUND = "none"


@dataclass(frozen=True, slots=True)
class PadLayers:
    """background: the name of one of `core.pictures.layers.LAYERS`. overlays: those that the person has
    switched, by name; the others are as they are at the first start.
    """

    background: str = NO_BACKGROUND
    overlays: tuple[tuple[str, bool], ...] = ()

    def shows(self, overlay: str, default: bool) -> bool:
        return dict(self.overlays).get(overlay, default)

    def with_overlays(self, overlays: Mapping[str, bool]) -> "PadLayers":
        return PadLayers(
            self.background, tuple(sorted({**dict(self.overlays), **overlays}.items()))
        )
