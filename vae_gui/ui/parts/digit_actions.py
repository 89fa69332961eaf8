"""The commands on any digit that is shown: copy, save, move the cursor there, make it an endpoint."""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from vae_gui.core.export.formats import FORMATS
from vae_gui.core.export.writers import save_image
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.types import Z
from vae_gui.core.vae.encodings import FARTHEST
from vae_gui.runtime.context import Context
from vae_gui.ui.parts.digit_menu import Action, DigitActions, digit_menu
from vae_gui.ui.parts.export_file import export_file
from vae_gui.ui.style.images import to_qimage

SAVED_SIDE = 256


def z_as_text(z: Z) -> str:
    """z as people paste it: `0.512, -1.204`."""
    return ", ".join(f"{value:.4g}" for value in z)


def z_from_text(text: str, latent_dim: int) -> Z:
    """The inverse of `z_as_text`; brackets, semicolons and spaces are fine too."""
    cleaned = text.strip().removeprefix("z").lstrip(" =").strip("()[] ").replace("−", "-")
    try:
        z = tuple(float(part) for part in cleaned.replace(";", " ").replace(",", " ").split())
    except ValueError:
        raise UserError(
            f"“{text}” is not a point: type {latent_dim} numbers with commas."
        ) from None
    if len(z) != latent_dim or not np.isfinite(z).all():
        raise UserError(f"z has {latent_dim} numbers here: type them with commas between.")
    if max(map(abs, z)) > FARTHEST:
        raise UserError(f"The numbers of z lie between −{FARTHEST:,.0f} and {FARTHEST:,.0f}.")
    return z


def copy_digit(image: NDArray[np.uint8], z: Z | None) -> None:
    """The image and, as text, its z."""
    mime = QMimeData()
    mime.setImageData(to_qimage(image))
    if z is not None:
        mime.setText(z_as_text(z))
    QGuiApplication.clipboard().setMimeData(mime)


def save_digit(parent: QWidget, context: Context, image: NDArray[np.uint8]) -> None:
    """Ask where, then write a PNG."""
    png = FORMATS["png"]
    make = partial(save_image, image, size=SAVED_SIDE)
    export_file(parent, context, "digit", png.suffix, png.title, make)


def show_digit_menu(
    parent: QWidget,
    context: Context,
    image: NDArray[np.uint8] | None,
    z: Z | None,
    position: QPoint,
    more: Sequence[tuple[str, Action]] = (),
) -> None:
    """Open the menu of a digit at a place on the screen. more: what else can be done with this one."""
    if image is None:
        return
    explorer = context.explorer
    actions = DigitActions(
        copy=lambda: copy_digit(image, z),
        save_png=lambda: save_digit(parent, context, image),
    )
    if z is not None:
        actions = DigitActions(
            copy=actions.copy,
            save_png=actions.save_png,
            cursor_here=lambda: explorer.move_cursor(z),
            set_as_a=lambda: explorer.set_endpoint("A", z),
            set_as_b=lambda: explorer.set_endpoint("B", z),
        )
    menu = digit_menu(parent, actions)
    if more:
        menu.addSeparator()
    for text, action in more:
        menu.addAction(text).triggered.connect(action)
    menu.popup(position)
