"""The drawing on the pad: its ellipse at once, and the picture of its exact p(z|x) soon after."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

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
from vae_gui.runtime.inference_thread import Answer
from vae_gui.runtime.live.throttle import Throttle
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.plane.posterior_mark import PosteriorMark
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style.images import to_qimage
from vae_gui.ui.style.theme import DARK, current_theme

CHANNEL = "pad-posterior"
SETTLED_MS = 60


class PadPosterior(QObject):
    """Follows `explorer.posterior`, the view, the layers and the alignment by itself."""

    def __init__(self, panel: Panel, view: PadView) -> None:
        super().__init__(panel)
        self._panel, self._view, self._explorer = panel, view, panel.explorer
        self._picture: QImage | None = None
        self._picture_of: PicturePosterior | None = None
        self._extent = (0.0, 0.0, 0.0, 0.0)
        self._shown: object = None
        self._throttle = Throttle(self)
        self._throttle.due.connect(self._ask)
        explorer = self._explorer
        for signal in (
            explorer.posterior_changed,
            explorer.layers_changed,
            explorer.alignment_changed,
            explorer.timeline_entry_changed,
            explorer.latent_changed,  # its axes
            view.view_settled,
        ):
            signal.connect(self.show)

    def show(self) -> None:
        """Draw what is known of the drawing's place."""
        posterior = self._explorer.posterior
        if posterior is None or not self._explorer.layers.ellipse:
            self._forget()
            self._shown = None
            self._view.set_posterior(None)
            return
        wanted = self._request(posterior)
        if wanted is None:
            self._forget()
        elif wanted != self._picture_of:
            self._throttle.settle(0 if self._picture is None else SETTLED_MS)
        self._put(posterior)

    def _put(self, posterior: Posterior) -> None:
        """Nothing is painted again that has not changed: the cursor moves often."""
        now = (posterior, self._explorer.latent.axes, self._explorer.alignment, self._picture)
        if now != self._shown:
            self._shown = now
            self._view.set_posterior(self._mark(posterior))

    def _mark(self, posterior: Posterior) -> PosteriorMark:
        axes = self._explorer.latent.axes
        mean, covariance = posterior.on_axes(axes, self._explorer.alignment)
        lines: tuple[tuple[str, NDArray[np.float64]], ...] = ()
        if posterior.sigma is not None:
            labels = OF_LINE if len(posterior.mu) == 1 else OF_ELLIPSE
            lines = tuple(
                (label, ellipse(mean, covariance, sigmas)) for sigmas, label in enumerate(labels, 1)
            )
        return PosteriorMark(mean, lines, self._picture, self._extent, self._matrix())

    def _matrix(self) -> NDArray[np.float64]:
        """From z to the plane, in two dimensions: turned, and its axes chosen."""
        alignment, axes = self._explorer.alignment, list(self._explorer.latent.axes)
        matrix = np.eye(2) if alignment is None else alignment.matrix
        return matrix[:2][:, axes] if len(matrix) == 2 else np.eye(2)

    def _request(self, posterior: Posterior) -> PicturePosterior | None:
        """For what is visible; the view is turned back into the latent space."""
        if posterior.exact is None or len(posterior.mu) != 2:
            return None
        view = self._view.view
        if self._explorer.latent.axes == (0, 1) and self._explorer.alignment is None:
            return PicturePosterior(posterior.exact, view, _ramp())
        corners = np.array([(x, y) for x in (view.x0, view.x1) for y in (view.y0, view.y1)])
        back = corners @ np.linalg.pinv(self._matrix())
        (x0, y0), (x1, y1) = back.min(axis=0).tolist(), back.max(axis=0).tolist()
        finest = max(view.width, view.height)
        return PicturePosterior(posterior.exact, View(x0, x1, y0, y1, finest, finest), _ramp())

    def _ask(self) -> None:
        posterior = self._explorer.posterior
        request = None if posterior is None else self._request(posterior)
        if request is not None and self._panel.isVisible():
            self._panel.ask(CHANNEL, request, self._take)

    def _take(self, answer: Answer[PosteriorPicture | None]) -> None:
        self._panel.forget(CHANNEL)
        posterior, request = self._explorer.posterior, answer.request
        assert isinstance(request, PicturePosterior)
        if posterior is None or posterior.exact is not request.exact:
            return
        self._picture_of = request
        picture = answer.value
        self._picture = None if picture is None else to_qimage(picture.rgba)
        if picture is not None:
            self._extent = picture.extent
        self._put(posterior)

    def _forget(self) -> None:
        self._throttle.cancel()
        self._panel.forget(CHANNEL)
        self._picture = self._picture_of = None


def _ramp() -> Ramp:
    """From nothing to where the image surely lies."""
    if current_theme() is DARK:
        return ((242, 189, 90, 0), (242, 150, 60, 130), (255, 232, 190, 235))
    return ((190, 120, 0, 0), (214, 130, 10, 130), (150, 70, 0, 225))
