"""A file says which panels are open and which tab is in front; it carries no bytes of Qt, and none of others are read."""

import base64
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.core.storage.workspaces import same, small_workspace
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import verified_container as container
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.support.errors import UserError

ARRANGED = UIState({"pad": True, "probe": False}, ("pad",), {"samples": {"seed": 3}})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.vae"


def arranged() -> Workspace:
    return replace(small_workspace(), ui_state=ARRANGED)


def changed(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Write a file whose document somebody changed, with the right digest."""
    save(arranged(), path)
    with path.open("rb") as file:
        document, arrays = container.unpack(file)
    assert isinstance(document, dict)
    change(document)
    path.write_bytes(container.pack(document, arrays))


def test_open_panels_and_tabs_come_back(path: Path) -> None:
    save(arranged(), path)
    assert same(load(path), arranged())


def test_a_file_without_them_says_nothing(path: Path) -> None:
    save(small_workspace(), path)
    assert load(path).ui_state == UIState()


@pytest.mark.parametrize("layout", [base64.b64encode(b"\xff" * 776).decode(), "?", 7, None, []])
def test_bytes_of_qt_in_an_older_file_are_not_read(path: Path, layout: object) -> None:
    changed(path, lambda document: document.update(layout=layout))
    assert load(path).ui_state == ARRANGED


def test_nothing_but_names_and_whether_they_are_open_is_written(path: Path) -> None:
    save(arranged(), path)
    with path.open("rb") as file:
        document, _ = container.unpack(file)
    assert isinstance(document, dict) and "layout" not in document
    assert document["open_panels"] == {"pad": True, "probe": False}
    assert document["panels_in_front"] == ["pad"]


@pytest.mark.parametrize("value", [None, True, 3, "pad", {"pad": 1}, {"pad": None}, [["pad"]], [7]])
@pytest.mark.parametrize("name", ["open_panels", "panels_in_front"])
def test_other_values_are_refused(path: Path, name: str, value: object) -> None:
    changed(path, lambda document: document.update({name: value}))
    with pytest.raises(UserError, match="damaged"):
        load(path)


@pytest.mark.parametrize(
    "state",
    [
        UIState({"x" * 101: True}),
        UIState(in_front=("x" * 101,)),
        UIState({str(number): True for number in range(201)}),
        UIState(in_front=("pad",) * 201),
    ],
    ids=["long name", "long name in front", "many", "many in front"],
)
def test_what_would_not_load_is_not_saved(path: Path, state: UIState) -> None:
    with pytest.raises(UserError, match="was not saved"):
        save(replace(small_workspace(), ui_state=state), path)
    assert not path.exists()
