"""The pad's background: shows the picture of the chosen layer, with its caption, for what is visible."""

from PySide6.QtCore import QObject

from vae_gui.core.pictures.backgrounds import Plane
from vae_gui.core.pictures.layers import LayerCaption, LayerColors, LayerData, LayerView
from vae_gui.core.pictures.scatter import View
from vae_gui.runtime.live.backgrounds import LiveBackground
from vae_gui.ui.panels.pad.projection import Projection
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.scatter import palette_of
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.theme import DARK, current_theme

NOT_TURNED = "This background is not turned: switch Align off to see it"


class PadBackground(QObject):
    """`shown`: the classes that are visible."""

    def __init__(self, panel: Panel, view: PadView, projection: Projection) -> None:
        super().__init__(panel)
        self.shown: tuple[int, ...] = ()
        self._explorer, self._coverage = panel.explorer, panel.context.coverage
        self._pad, self._projection = view, projection
        self._live = LiveBackground(
            panel.explorer,
            panel.context.training,
            panel.context.coverage,
            self._view,
            self._data,
            self,
        )
        self._live.changed.connect(self._show)
        panel.watch_while_visible(self._live)

    def touch(self) -> None:
        """Another part of the plane, other classes, colours or layers are visible."""
        self._live.touch()

    def _view(self) -> LayerView:
        latent, view, encodings = (
            self._explorer.latent,
            self._pad.view,
            self._projection.encodings(),
        )
        # Where the cursor is on the plane itself does not matter.
        point = tuple(0.0 if axis in latent.axes else z for axis, z in enumerate(latent.cursor))
        scale = self._pad.devicePixelRatioF()
        classes = () if encodings is None else tuple(palette_of(encodings))
        return LayerView(
            Plane((view.x0, view.x1, view.y0, view.y1), latent.axes, point),
            view.width / scale,
            view.height / scale,
            self.shown,
            _colors(classes),
            self._projection.turned,
        )

    def _data(self) -> LayerData | None:
        snapshot, coverage = self._explorer.weights.snapshot, self._coverage
        if snapshot is None:
            return None
        return LayerData(snapshot, self._projection.encodings(), coverage.value, coverage.source)

    def _show(self) -> None:
        picture, caption = self._live.picture, self._live.caption()
        if self._live.is_turned_away:
            caption = LayerCaption(NOT_TURNED)
        if picture is None:
            self._pad.set_background(None, self._pad.view)
        else:
            height, width = picture.rgba.shape[:2]
            self._pad.set_background(picture.rgba, View(*picture.extent, width, height))
        self._pad.caption.set_caption(caption)


def _colors(classes: tuple[tuple[int, int, int], ...]) -> LayerColors:
    if current_theme() is DARK:
        return LayerColors(
            ((20, 21, 25, 0), (52, 66, 118, 120), (86, 112, 196, 150)),
            ((20, 21, 25, 0), (122, 88, 30, 140), (222, 170, 80, 170)),
            (200, 210, 255, 110),
            classes,
        )
    return LayerColors(
        ((255, 255, 255, 0), (176, 192, 240, 130), (120, 146, 226, 150)),
        ((255, 255, 255, 0), (240, 206, 140, 140), (196, 126, 20, 160)),
        (50, 64, 160, 110),
        classes,
    )
