"""A button whose menu names a point of the latent space: random, a class, an image, the cursor."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from vae_gui.core.inference.requests import Decode, Encode, Frozen
from vae_gui.core.latent.sampling import (
    ClassSigma,
    around_encodings,
    class_gaussians,
    pick,
    posterior,
    prior,
)
from vae_gui.core.support.types import Pixels, Z
from vae_gui.core.vae.encodings import FloatArray
from vae_gui.core.vae.models import MODELS
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.parts.image_picker import ImagePicker
from vae_gui.ui.parts.panel import Panel
from vae_gui.ui.widgets.popup import Popup

SHOWN_IMAGES = 240
Encoded = tuple[FloatArray, FloatArray | None]


@dataclass(frozen=True, slots=True, eq=False)
class NamedPoint:
    """A point and where it came from; `image` (side, side) uint8 is the one that was encoded, if any."""

    z: Z
    text: str
    image: Pixels | None = None


class PointChooser(QToolButton):
    """`panel` asks the questions. The menu is made anew each time, for the model that is shown.

    Signals
        chosen(Place): the person chose a point.
    """

    chosen = Signal(object)
    cursor_text = "Cursor"

    def __init__(self, name: str, panel: Panel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._panel, self._explorer = panel, panel.explorer
        self._channel = f"choose-{name}"
        self._seed = 0
        self._sampling = False
        self._again: Callable[[], None] | None = None
        self._image: Pixels | None = None
        self.picker = ImagePicker()
        self._popup = Popup(self.picker, self)
        self.picker.setAutoFillBackground(False)  # a scroll area switches it on
        self._pickable: NDArray[np.int64] = np.zeros(0, np.int64)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMenu(QMenu(self))
        self.menu().setToolTipsVisible(True)
        self.menu().aboutToShow.connect(self.fill_menu)
        self.picker.chosen.connect(self._on_picked)

    def fill_menu(self) -> None:
        """The sources that this model has."""
        menu = self.menu()
        menu.clear()
        self.add_own_entries(menu)
        there, deterministic = self._explorer.scatter.encodings is not None, self._is_point()
        pictures = there or self._explorer.scatter.images is not None
        random = "Random near the encodings" if deterministic else "Random, from the prior"
        self._add(menu, random, self.choose_random, there or not deterministic)
        self._add_classes(menu)
        self._add(menu, "Image of the data set…", self.open_picker, pictures)
        self._add(menu, self.cursor_text, self.choose_cursor)
        menu.addSeparator()
        sampling = menu.addAction("Samples, not means")
        sampling.setEnabled(not deterministic)
        sampling.setCheckable(True)
        sampling.setChecked(self._sampling and not deterministic)
        sampling.triggered.connect(self.set_sampling)
        sampling.setToolTip(
            "An autoencoder encodes to a point: there is nothing to sample"
            if deterministic
            else "Of an image a sample of q(z|x); of a class one of Normal(class μ, class σ)"
        )

    def add_own_entries(self, menu: QMenu) -> None:
        """For a chooser with more sources: these stand first."""

    def choose_random(self) -> None:
        """Another one each time."""
        self._again = None
        seed, encodings = self._next_seed(), self._explorer.scatter.encodings
        if not self._is_point():
            z = prior(1, self._explorer.latent_dim, seed)[0]
        elif encodings is not None:
            z = around_encodings(encodings.mu, 1, seed)[0]
        else:
            return
        self._choose(z, f"random {seed}")

    def choose_class(self, label: int) -> None:
        """The centre of a class, or a sample of its Normal."""
        encodings = self._explorer.scatter.encodings
        normals = (
            None if encodings is None else class_gaussians(encodings, ClassSigma.MEAN_POSTERIOR)
        )
        if normals is None:
            return
        self._again = partial(self.choose_class, label)
        sampled = self._sampling and not self._is_point()
        z = normals.random(label, 1, self._next_seed())[0] if sampled else normals.mean[label]
        self._choose(z, f"{'sample' if sampled else 'class'} {normals.names[label]}")

    def choose_image(self, index: int) -> None:
        """The mean or a sample of q(z|x) of a test image, by its index in the test split or the encodings."""
        images, encodings = self._explorer.scatter.images, self._explorer.scatter.encodings
        self._again = partial(self.choose_image, index)
        if images is not None:
            self._image = images.test.images[index]
            request = Encode(Frozen(self._image[None]))
            self._panel.ask(self._channel, request, self._on_encoded, self._on_not_encoded)
        elif encodings is not None:
            self._image = None
            one = slice(index, index + 1)
            self._take(
                encodings.mu[one], None if encodings.logvar is None else encodings.logvar[one]
            )

    def choose_cursor(self) -> None:
        self._again = None
        self._choose(np.array(self._explorer.latent.cursor), "cursor")

    def set_sampling(self, on: bool) -> None:
        """Means or samples; what was chosen last is chosen again."""
        self._sampling = on
        if self._again is not None:
            self._again()

    def forget(self) -> None:
        """Another model is shown: what was chosen means nothing there."""
        self._again = None
        self._popup.close()

    def open_picker(self) -> None:
        """A grid of test images, by class."""
        images, encodings = self._explorer.scatter.images, self._explorer.scatter.encodings
        if images is not None:
            test = images.test
            self._pickable = pick(len(test), test.labels, SHOWN_IMAGES)
            self.picker.prepare(len(self._pickable), images.test_title, "")
            self.picker.set_images(test.images[self._pickable])
        elif encodings is not None:
            self._pickable = pick(len(encodings), encodings.labels, SHOWN_IMAGES)
            note = "Reconstructions decode(μ): the images themselves are not in memory"
            self.picker.prepare(len(self._pickable), note, "Decoding…")
            self._panel.ask(
                f"{self._channel}-images", Decode.of(encodings.mu[self._pickable]), self._on_decoded
            )
        self._popup.open_under(self)

    def _on_decoded(self, answer: Answer[Pixels]) -> None:
        self._panel.forget(f"{self._channel}-images")
        self.picker.set_images(answer.value)

    def _on_picked(self, index: int) -> None:
        self._popup.close()
        self.choose_image(int(self._pickable[index]))

    def _on_encoded(self, answer: Answer[Encoded]) -> None:
        self._panel.forget(self._channel)
        self._take(*answer.value)

    def _on_not_encoded(self, text: str) -> None:
        self._panel.forget(self._channel)
        self._panel.context.notices.error(text)

    def _take(self, mu: FloatArray, logvar: FloatArray | None) -> None:
        sampled = self._sampling and logvar is not None
        if sampled and logvar is not None:
            mu = posterior(mu, logvar, 1, self._next_seed())[0]
        self._choose(mu[0], "sample" if sampled else "image", self._image)

    def _choose(self, z: NDArray[np.floating], text: str, image: Pixels | None = None) -> None:
        self.chosen.emit(NamedPoint(tuple(z.tolist()), text, image))

    def _next_seed(self) -> int:
        self._seed += 1
        return self._seed

    def _is_point(self) -> bool:
        snapshot = self._explorer.weights.snapshot
        return snapshot is not None and MODELS[snapshot.model.architecture].deterministic

    def _add(self, menu: QMenu, text: str, run: Callable[[], object], enabled: bool = True) -> None:
        action = menu.addAction(text)
        action.setEnabled(enabled)
        action.triggered.connect(lambda: run())

    def _add_classes(self, menu: QMenu) -> None:
        """One entry for each class that has encodings; none without labels."""
        encodings = self._explorer.scatter.encodings
        normals = (
            None if encodings is None else class_gaussians(encodings, ClassSigma.MEAN_POSTERIOR)
        )
        if normals is None or not normals.nonempty:
            return
        classes = menu.addMenu("Class centre")
        for label in normals.nonempty:
            self._add(classes, normals.names[label], partial(self.choose_class, label))
