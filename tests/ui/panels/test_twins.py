"""The twins: one cursor in two models, linked by z, by an image, or free, and turned onto each other."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.spaces import decoded, show, trained
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.inference.engine import Engine
from vae_gui.runtime.context import Context
from vae_gui.runtime.twin import Link
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.panels.twins.panel import ALONE, TwinsPanel, difference

DATA = tiny_data(train=200, test=120)


def pair(context: Context, second: int = 2):
    """The second model, and then the first, which is shown."""
    snapshots = []
    for seed, dims in ((1, second), (0, 2)):
        trainer = trained(tiny_config(latent_dim=dims, seed=seed), DATA, steps=60)
        trainer.run_id = f"seed-{seed}"
        snapshots.append(show(context, trainer, DATA))
    return snapshots


@pytest.fixture
def panel(panel_of) -> TwinsPanel:
    panel: TwinsPanel = panel_of(TwinsPanel, 700, 520)
    return panel


def drag(qtbot, view, point: tuple[float, float]) -> None:
    qtbot.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=view.to_pixels(point).toPoint()
    )


def test_one_drag_moves_both_and_each_draws_its_own_digit(
    qtbot, context: Context, panel: TwinsPanel, panel_of
) -> None:
    assert panel.note.text() == ALONE
    second, first = pair(context)
    pad = panel_of(PadPanel, 400, 400)
    qtbot.waitUntil(lambda: panel.twin.run_id == "seed-1")
    drag(qtbot, pad.view, (0.8, -0.6))
    qtbot.waitUntil(lambda: panel.twin.cursor == context.explorer.latent.cursor)
    at = context.explorer.latent.cursor
    qtbot.waitUntil(lambda: np.array_equal(panel.twin.digit, decoded(second, at)[0]))
    shown = panel.digits["difference"]._image
    assert np.array_equal(shown, difference(decoded(first, at)[0], decoded(second, at)[0]))
    # and a drag on the second pad moves the first cursor, with undo
    drag(qtbot, panel.pad.view, (-0.5, 0.9))
    assert context.explorer.latent.cursor == pytest.approx((-0.5, 0.9), abs=0.05)
    context.explorer.undo_stack.undo()
    assert panel.twin.cursor == context.explorer.latent.cursor == at


def test_both_encode_the_image_next_to_the_cursor(
    qtbot, context: Context, panel: TwinsPanel
) -> None:
    second, _ = pair(context, second=3)
    qtbot.waitUntil(lambda: context.explorer.scatter.encodings is not None)
    qtbot.waitUntil(lambda: panel.twin.link is Link.SAME_IMAGE)  # other dimensions: no z is in both
    mu = context.explorer.scatter.encodings.mu
    index = 17
    context.explorer.move_cursor(tuple(mu[index].tolist()))
    images = DATA.test.images
    expected, _ = Engine(second).encode(images[index][None])
    qtbot.waitUntil(lambda: np.allclose(panel.twin.cursor, expected[0], atol=1e-5))
    assert np.array_equal(panel.digits["image"]._image, images[index])
    assert panel.digits["image"].isVisible()
    panel.link_box.setCurrentIndex(panel.link_box.findData(Link.SAME_Z))
    panel.twin.set_link(Link.SAME_Z)
    assert panel.twin.link is Link.SAME_IMAGE


def test_a_free_cursor_stays_where_it_is(qtbot, context: Context, panel: TwinsPanel) -> None:
    pair(context)
    panel.twin.set_link(Link.FREE)
    drag(qtbot, panel.pad.view, (1.0, 1.0))
    before, own = context.explorer.latent.cursor, panel.twin.cursor
    assert own == pytest.approx((1, 1), abs=0.05)
    context.explorer.move_cursor((-1.0, 0.5))
    assert panel.twin.cursor == own and before != own


def test_alignment_brings_the_encodings_of_the_same_images_together(
    qtbot, context: Context, panel: TwinsPanel
) -> None:
    second, first = pair(context)
    qtbot.waitUntil(panel.align_box.isEnabled)
    images = DATA.test.images
    mu_first, _ = Engine(first).encode(images)
    mu_second, _ = Engine(second).encode(images)
    qtbot.mouseClick(panel.align_box, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.twin.alignment is not None)
    turned = panel.twin.alignment.to_display(mu_second)

    def apart(mu: np.ndarray) -> float:
        return float(np.square(mu - mu_first).sum())

    assert apart(turned) < apart(mu_second)
    for angle in np.linspace(0, 2 * np.pi, 24):
        c, s = np.cos(angle), np.sin(angle)
        for mirror in (1, -1):
            assert (
                apart(turned)
                <= apart(mu_second @ np.array([[c, -s * mirror], [s, c * mirror]])) + 1e-6
            )
    # the same place of the first space is another z of the second
    context.explorer.move_cursor((1.0, 0.0))
    assert panel.twin.z_of_first(panel.twin.cursor) == pytest.approx((1.0, 0.0), abs=1e-6)
    assert panel.twin.cursor != (1.0, 0.0)


def test_the_second_model_goes_when_its_tab_is_closed(
    qtbot, context: Context, panel: TwinsPanel
) -> None:
    pair(context)
    qtbot.waitUntil(lambda: panel.twin.run_id == "seed-1")
    context.library.remove("seed-1")
    assert panel.twin.model is None and panel.note.text() == ALONE
    context.explorer.move_cursor((0.1, 0.1))  # and nothing fails
