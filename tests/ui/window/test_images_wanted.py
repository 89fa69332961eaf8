"""The window asks for own images that only a file names, and looks at nothing before a click."""

from collections.abc import Iterator

import pytest
import shiboken6

from vae_gui.core.datasets.own.source import OwnImages
from vae_gui.runtime.context import Context
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.own_images_dialog import OwnImagesDialog


@pytest.fixture
def window(context: Context) -> Iterator[MainWindow]:
    """Without a model: only its banner is asked."""
    window = MainWindow(context)
    yield window
    shiboken6.delete(window)


def test_a_place_from_a_file_is_shown_and_looked_at_after_a_click(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[OwnImages] = []
    monkeypatch.setattr(
        OwnImagesDialog, "_look", lambda dialog: looked.append(dialog.source()), raising=True
    )
    window.context.session.images_wanted.emit("own:32:auto:0:/srv/faces")
    assert window.banner.text() == (
        "The file says that the images of this model are in “/srv/faces”."
    )
    assert not looked
    window.banner._action.click()
    assert [str(own.path) for own in looked] == ["/srv/faces"]


def test_images_whose_place_nobody_knows_are_asked_for_with_their_settings(
    window: MainWindow,
) -> None:
    window.context.session.images_wanted.emit(f"own-images:32:yes:0:{'ab' * 32}:faces")
    assert "“faces”, are not known here" in window.banner.text()
    window.banner._action.click()
    dialog = window.findChild(OwnImagesDialog)
    assert dialog is not None
    assert (dialog.source().side, dialog.source().invert) == (32, "yes")
