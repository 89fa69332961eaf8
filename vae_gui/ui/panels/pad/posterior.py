"""The drawing's posterior on the pad: its ellipse at once, and the picture of its exact p(z|x) soon after."""

from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from vae_gui.core.pictures.posterior import (
    OF_ELLIPSE,
    OF_LINE,
    PicturePosterior,
    Posterior,
    PosteriorPicture,
    ellipse,
)
from vae_gui.core.pictures.scatter import View
from vae_gui.core.pictures.shading import Ramp
from vae_gui.core.support.types import Extent
from vae_gui.runtime.latest_answer import LatestAnswer
from vae_gui.runtime.live.live import Live
from vae_gui.runtime.live.task import Task
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.marks import Point
from vae_gui.ui.plane.overlays import shows
from vae_gui.ui.plane.posterior_mark import PosteriorMark
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.images import to_qimage
from vae_gui.ui.style.theme import DARK, current_theme

SETTLED_MS = 60
MIN_ZOOM = 0.02  # latent units around a drawing that is zoomed to


class PadPosterior(QObject):
    """Follows `explorer.posterior`, the view, the layers and the alignment by itself."""

    def __init__(self, panel: Panel, view: PadView) -> None:
        super().__init__(panel)
        self._panel, self._view, self._explorer = panel, view, panel.explorer
        self._shown: object = None
        answer = LatestAnswer(self._explorer.questions, "posterior-picture", self)
        self._live = Live[PosteriorPicture | None](
            self._explorer, panel.context.training, answer, self._task, SETTLED_MS
        )
        panel.watch_while_visible(self._live)
        self._live.changed.connect(self.show)
        explorer = self._explorer
        for signal in (
            explorer.model_changed,
            explorer.posterior_changed,
            explorer.layers_changed,
            explorer.weights.alignment_changed,
            explorer.weights.entry_changed,
            explorer.latent_changed,  # its axes
            view.view_settled,
        ):
            signal.connect(self.show)

    @property
    def middle(self) -> Point | None:
        """μ on the plane; None while there is no drawing."""
        posterior = self._explorer.posterior
        return None if posterior is None else self._on_axes(posterior)[0]

    def extent(self) -> Extent | None:
        """(x0, x1, y0, y1) of the plane around it: 4σ of q(z|x), at least MIN_ZOOM to each side."""
        posterior = self._explorer.posterior
        if posterior is None:
            return None
        (x, y), covariance = self._on_axes(posterior)
        across, down = (max(MIN_ZOOM, 4 * float(v) ** 0.5) for v in np.diag(covariance))
        return x - across, x + across, y - down, y + down

    def _on_axes(self, posterior: Posterior) -> tuple[Point, NDArray[np.float64]]:
        return posterior.on_axes(self._explorer.latent.axes, self._explorer.weights.alignment)

    def show(self) -> None:
        """Draw what is known of the drawing's place."""
        self._live.touch()
        posterior = self._explorer.posterior
        if posterior is None or not shows(self._explorer.layers, "drawing"):
            self._shown = None
            self._view.set_posterior(None)
        else:
            self._put(posterior)

    def _put(self, posterior: Posterior) -> None:
        """Nothing is painted again that has not changed: the cursor moves often."""
        picture = self._picture(posterior)
        now = (posterior, self._explorer.latent.axes, self._explorer.weights.alignment, picture)
        if now != self._shown:
            self._shown = now
            self._view.set_posterior(self._mark(posterior, picture))

    def _picture(self, posterior: Posterior) -> PosteriorPicture | None:
        """The last one of this drawing, of whatever part of the plane."""
        result = self._live.result
        if result is None or posterior.exact is None:
            return None
        request = cast(PicturePosterior, result.task.of)
        return result.value if request.exact is posterior.exact else None

    def _mark(self, posterior: Posterior, picture: PosteriorPicture | None) -> PosteriorMark:
        mean, covariance = self._on_axes(posterior)
        lines: tuple[tuple[str, NDArray[np.float64]], ...] = ()
        if posterior.sigma is not None:
            labels = OF_LINE if len(posterior.mu) == 1 else OF_ELLIPSE
            lines = tuple(
                (label, ellipse(mean, covariance, sigmas)) for sigmas, label in enumerate(labels, 1)
            )
        if picture is None:
            return PosteriorMark(mean, lines)
        return PosteriorMark(mean, lines, to_qimage(picture.rgba), picture.extent, self._matrix())

    def _matrix(self) -> NDArray[np.float64]:
        """From z to the plane, in two dimensions: turned, and its axes chosen."""
        alignment, axes = self._explorer.weights.alignment, list(self._explorer.latent.axes)
        matrix = np.eye(2) if alignment is None else alignment.matrix
        return matrix[:2][:, axes] if len(matrix) == 2 else np.eye(2)

    def _request(self, posterior: Posterior) -> PicturePosterior | None:
        """For what is visible; the view is turned back into the latent space."""
        if posterior.exact is None or len(posterior.mu) != 2:
            return None
        view = self._view.view
        if self._explorer.latent.axes == (0, 1) and self._explorer.weights.alignment is None:
            return PicturePosterior(posterior.exact, view, _ramp())
        corners = np.array([(x, y) for x in (view.x0, view.x1) for y in (view.y0, view.y1)])
        back = corners @ np.linalg.pinv(self._matrix())
        (x0, y0), (x1, y1) = back.min(axis=0).tolist(), back.max(axis=0).tolist()
        finest = max(view.width, view.height)
        return PicturePosterior(posterior.exact, View(x0, x1, y0, y1, finest, finest), _ramp())

    def _task(self) -> Task[PosteriorPicture | None] | None:
        posterior = self._explorer.posterior
        if posterior is None or not shows(self._explorer.layers, "drawing"):
            return None
        request = self._request(posterior)
        return None if request is None else Task(request, None, request)


def _ramp() -> Ramp:
    """From nothing to where the image surely lies."""
    if current_theme() is DARK:
        return ((242, 189, 90, 0), (242, 150, 60, 130), (255, 232, 190, 235))
    return ((190, 120, 0, 0), (214, 130, 10, 130), (150, 70, 0, 225))
