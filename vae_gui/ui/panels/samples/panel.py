"""The samples panel: samples of the prior, of a posterior and of the classes, and prototypes."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vae_gui.core.inference.requests import Decode, Frozen
from vae_gui.core.latent.sampling import (
    ClassGaussians,
    PosteriorSamples,
    SamplePosterior,
    class_gaussians,
    pick,
    posterior,
    prior,
)
from vae_gui.core.state.ui_state import Scalar, Values, as_values, with_values
from vae_gui.core.support.types import Pixels, Z
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.models import MODELS
from vae_gui.runtime.context import Context
from vae_gui.runtime.inference_thread import Answer
from vae_gui.ui.panels.samples.bar import Mode, SampleBar, SampleChoice
from vae_gui.ui.parts.digit_actions import copy_digit, show_digit_menu
from vae_gui.ui.parts.panel import Panel, RefreshOn
from vae_gui.ui.parts.panel_export import PanelExport, digits_export
from vae_gui.ui.widgets.labelled_grid import LabelledGrid

PER_ROW = 7  # of prior samples, where there is room
INPUTS = 20  # images whose posteriors are sampled
CHANNEL = "samples"
NO_POSTERIOR = (
    "An autoencoder encodes an image to one point, not to a distribution q(z|x): "
    "there is nothing to sample. Train a VAE to see posteriors."
)
NO_PRIOR = (
    "An autoencoder has no prior: nothing drew its encodings towards N(0, I), so samples of it "
    "would fall where no image is. Train a VAE to see samples."
)
NOT_YET = "The samples appear as soon as the first images are encoded."


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the digits of an answer stand. columns: None for free rows, `preferred` long if there is room; names: of the rows."""

    columns: int | None = None
    names: tuple[str, ...] = ()
    captions: tuple[str, ...] = ()
    note: str = ""
    preferred: int | None = None


class SamplesPanel(Panel):
    """Click a digit to move the cursor there. Everything follows the weights while a model learns."""

    refresh_on = RefreshOn.NOTHING

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.bar = SampleBar(self)
        self.view = LabelledGrid("Samples", self)
        self.view.grid.setToolTip("Click a digit to move the cursor there")
        self._images: Pixels | None = None
        self._z: NDArray[np.floating] = np.zeros((0, 2))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(self.bar)
        layout.addWidget(self.view, 1)
        self.bar.changed.connect(self._refresh_if_visible)
        self.explorer.scatter.changed.connect(self._on_scatter)
        self.explorer.scatter.images_changed.connect(self._on_images)
        self.view.grid.clicked.connect(self._on_clicked)
        self.view.grid.menu_requested.connect(self._on_menu)
        self.view.grid.copy_requested.connect(self._on_copy)

    def state(self) -> dict[str, Scalar]:
        return as_values(self.bar.choice)

    def restore_state(self, values: Values) -> None:
        self.bar.set_choice(with_values(self.bar.choice, values))

    def set_model(self) -> None:
        self._clear("")

    def exports(self) -> tuple[PanelExport, ...]:
        return digits_export(self.view.grid, "samples")

    def refresh(self) -> None:
        encodings, deterministic = self.explorer.scatter.encodings, self._is_point()
        normals = None if encodings is None else class_gaussians(encodings, self.bar.choice.sigma)
        if encodings is not None:
            nonempty = normals.nonempty if normals else ()
            names = encodings.class_names
            self.bar.set_classes({label: names[label] for label in nonempty})
        self.bar.set_point(deterministic)
        choice = self.bar.choice
        if choice.mode is Mode.PRIOR and not deterministic:
            z = prior(choice.prior, self.explorer.latent_dim, choice.seed)
            self._ask(z, _Layout(note="z ~ N(0, I)", preferred=PER_ROW))
        elif choice.mode is Mode.POSTERIOR and not deterministic:
            self._ask_posterior(choice, encodings)
        elif deterministic and choice.mode in (Mode.PRIOR, Mode.POSTERIOR):
            self._clear(NO_PRIOR if choice.mode is Mode.PRIOR else NO_POSTERIOR)
        elif normals is not None:
            self._ask(*_class_samples(choice, normals, deterministic))
        else:
            self._clear(NOT_YET)

    def _ask_posterior(self, choice: SampleChoice, encodings: Encodings | None) -> None:
        """Of test images where they are in memory, else of the encodings of the file."""
        images, count = self.explorer.scatter.images, choice.posterior
        if images is not None:
            chosen = pick(len(images.test), images.test.labels, INPUTS)
            originals = images.test.images[chosen]
            request = SamplePosterior(Frozen(originals), count, choice.seed)
            reply = partial(self._show_posterior, request, images.test_title, originals)
            self.ask(CHANNEL, request, reply, self._show_problem)
        elif encodings is not None and encodings.logvar is not None:
            chosen = pick(len(encodings), encodings.labels, INPUTS)
            mu, logvar = encodings.mu[chosen], encodings.logvar[chosen]
            z = np.concatenate((mu[None], posterior(mu, logvar, count, choice.seed)))
            names = ("decode(μ)", *["z ~ q(z|x)"] * count)
            note = "Above: reconstructions decode(μ), as the originals are not in memory"
            self._ask(z.reshape(-1, z.shape[-1]), _Layout(len(chosen), names, note=note))
        else:
            self._clear(NOT_YET)

    def _ask(self, z: NDArray[np.floating], layout: _Layout) -> None:
        request = Decode.of(z)
        self.bar.show_note(layout.note)
        self.ask(CHANNEL, request, partial(self._show, request, layout))

    def _show(self, request: Decode, layout: _Layout, answer: Answer[Pixels]) -> None:
        """An answer to an older question is of another shape."""
        if answer.request == request:
            self._z = request.z.array
            self._put(answer.value, layout)

    def _show_posterior(
        self,
        request: SamplePosterior,
        title: str,
        originals: Pixels,
        answer: Answer[PosteriorSamples | None],
    ) -> None:
        if answer.request != request or answer.value is None:
            return
        found = answer.value
        self._z = np.concatenate((found.mu[None], found.z)).reshape(-1, found.mu.shape[1])
        side = found.images.shape[-1]
        images = np.concatenate((originals[None], found.images)).reshape(-1, side, side)
        names = ("x", *["z ~ q(z|x)"] * request.count)
        self._put(images, _Layout(len(originals), names))
        self.bar.show_note(f"{title} above, decoded samples of q(z|x) below")

    def _show_problem(self, text: str) -> None:
        self._images = None
        self.view.show_rows(None)
        self.view.grid.set_empty_text(text)

    def _put(self, images: Pixels, layout: _Layout) -> None:
        self._images = images
        self.view.grid.set_empty_text("")
        self.view.show_rows(images, layout.columns, layout.names, layout.captions, layout.preferred)

    def _clear(self, why: str) -> None:
        self.forget(CHANNEL)
        self._images = None
        self.bar.show_note("")
        self.view.show_rows(None)
        self.view.grid.set_empty_text(why)

    def _is_point(self) -> bool:
        snapshot = self.explorer.weights.snapshot
        return snapshot is not None and MODELS[snapshot.model.architecture].deterministic

    def _on_images(self) -> None:
        """Images go only with their model, and `model_changed` tells of that."""
        if self.explorer.scatter.images is not None:
            self._refresh_if_visible()

    def _on_scatter(self) -> None:
        """Prior samples and those of images in memory follow the weights by themselves."""
        encoded = self.bar.choice.mode not in (Mode.PRIOR, Mode.POSTERIOR)
        if self.isVisible() and (encoded or self._images is None):
            self.refresh()

    def _z_of(self, index: int) -> Z:
        return tuple(self._z[index].tolist())

    def _on_clicked(self, index: int) -> None:
        self.explorer.move_cursor(self._z_of(index))

    def _on_menu(self, index: int, position: QPoint) -> None:
        if self._images is not None:
            show_digit_menu(self, self.context, self._images[index], self._z_of(index), position)

    def _on_copy(self, index: int) -> None:
        if self._images is not None:
            copy_digit(self._images[index], self._z_of(index))


def _class_samples(
    choice: SampleChoice, normals: ClassGaussians, deterministic: bool
) -> tuple[NDArray[np.floating], _Layout]:
    """z and layout of a class mode: prototypes, or one row for each class, or one class alone."""
    if choice.mode is Mode.PROTOTYPES:
        names = tuple(normals.names[label] for label in normals.nonempty)
        note = "decode(mean μ) of each class"
        return normals.mean[list(normals.nonempty)], _Layout(captions=names, note=note)
    count = choice.per_class
    alone = choice.label if choice.label in normals.nonempty else None
    labels = normals.nonempty if alone is None else (alone,)
    sigma = "spread of μ" if deterministic else choice.sigma.value
    if choice.mode is Mode.PERCENTILES:
        rows = [normals.percentiles(label, count) for label in labels]
        note = f"percentiles 0.05…0.95 of Normal(class μ, σ), σ = {sigma}"
    else:
        rows = [normals.random(label, count, choice.seed) for label in labels]
        note = f"z ~ Normal(class μ, σ), σ = {sigma}"
    z = np.concatenate(rows)
    if alone is not None:
        return z, _Layout(note=note)
    return z, _Layout(count, tuple(normals.names[label] for label in labels), note=note)
