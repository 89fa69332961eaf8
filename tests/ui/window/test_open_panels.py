"""What a file says of the panels: which are open, and which tab is in front."""

from collections.abc import Iterator

import pytest
import shiboken6

from vae_gui.runtime.context import Context
from vae_gui.ui.window.docks import Docks
from vae_gui.ui.window.main_window import MainWindow


@pytest.fixture
def docks(qtbot, context: Context) -> Iterator[Docks]:
    """Of a window without a model."""
    window = MainWindow(context)
    window.show()
    qtbot.waitUntil(lambda: window.docks.panels["samples"].isHidden())
    yield window.docks
    window.hide()
    shiboken6.delete(window)


def bring_to_front(qtbot, docks: Docks, name: str) -> None:
    docks.docks[name].raise_()
    qtbot.waitUntil(lambda: not docks.panels[name].isHidden())


def test_they_come_back(qtbot, docks: Docks) -> None:
    docks.docks["probe"].hide()
    bring_to_front(qtbot, docks, "embedding")
    is_open, in_front = docks.open_panels()
    assert not is_open["probe"] and is_open["samples"]
    assert "samples" not in in_front and "curves" not in in_front
    assert "map" in in_front, "files know the embedding by its former name"
    docks.docks["probe"].show()
    docks.docks["samples"].hide()
    bring_to_front(qtbot, docks, "curves")
    docks.show_panels(is_open, in_front)
    qtbot.waitUntil(lambda: docks.open_panels() == (is_open, in_front))


def test_while_one_is_shown_alone_they_are_those_of_before(qtbot, docks: Docks) -> None:
    bring_to_front(qtbot, docks, "samples")
    before = docks.open_panels()
    docks.toggle_maximised(docks.docks["pad"])
    assert docks.docks["samples"].isHidden()
    assert docks.open_panels() == before
    docks.show_panels({"probe": False}, ("draw",))
    qtbot.waitUntil(lambda: not docks.panels["draw"].isHidden())
    assert docks.docks["probe"].isHidden() and not docks.docks["samples"].isHidden()


def test_panels_that_are_not_named_stay_and_unknown_names_are_nothing(docks: Docks) -> None:
    docks.docks["probe"].hide()
    docks.show_panels({"draw": False, "no such panel": True}, ("neither this", "draw"))
    is_open, _ = docks.open_panels()
    assert {name for name, shown in is_open.items() if not shown} == {"probe", "draw"}
