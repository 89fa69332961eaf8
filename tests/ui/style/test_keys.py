"""Keys: which a command has, what they are called, and that no text of the app calls them anything else."""

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtGui import QKeySequence

from tests.conftest import REPOSITORY
from vae_gui.resources import resources_dir
from vae_gui.ui.style import keys
from vae_gui.ui.style.keys import key_sequences, key_text, with_keys

UI = REPOSITORY / "vae_gui" / "ui"
# A key in a sentence; alone in a string it is one that a command has.
NAMED = re.compile(r"\b(Ctrl|Shift|Meta)\+|\b(Delete|Backspace|Escape) key\b")
ALONE = re.compile(r"(Ctrl|Shift|Meta)\+\S+")


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "ON_MAC", True)


def names(key: keys.Key) -> list[str]:
    return [sequence.toString() for sequence in key_sequences(key)]


def test_more_keys_stand_beside_those_that_a_system_keeps_for_itself(qapp) -> None:
    assert names("Ctrl+Tab") == ["Ctrl+Tab", "Meta+Tab"]
    assert names("Ctrl+Shift+Tab") == ["Ctrl+Shift+Tab", "Meta+Shift+Tab"]
    assert names("Delete") == ["Del", "Backspace"]
    full = [
        each.toString()
        for each in QKeySequence.keyBindings(keys.QKeySequence.StandardKey.FullScreen)
    ]
    assert names("F11") == list(dict.fromkeys(["F11", *full]))
    assert names("Ctrl+R") == ["Ctrl+R"]


def test_a_mac_shows_the_key_that_reaches_the_app_there(qapp, mac) -> None:
    assert names("Ctrl+Tab") == ["Meta+Tab", "Ctrl+Tab"]
    assert names("Delete") == ["Backspace", "Del"]
    assert key_text("Ctrl+Tab") == "Meta+Tab" and key_text("Delete") == "Backspace"
    assert key_text("F11") in names(QKeySequence.StandardKey.FullScreen)


def test_a_text_calls_its_keys_as_the_system_does(qapp, keys_of_a_mac) -> None:
    assert with_keys("Train ({key:Ctrl+R})") == "Train (⌘R)"
    assert with_keys("{key:Ctrl} or {key:Shift} + {key:Home}") == "⌘ or ⇧ + ↖"
    assert with_keys("A lesson of a stranger: {key:Nothing}, {key}") == (
        "A lesson of a stranger: Nothing, {key}"
    )


def test_no_text_of_the_app_names_a_key_by_itself() -> None:
    found = [
        f"{path.relative_to(UI)}: {text}"
        for path in UI.rglob("*.py")
        for text in strings(path)
        if NAMED.search(with_placeholders_left_out(text)) and not ALONE.fullmatch(text)
    ]
    texts = [
        path
        for folder in ("lessons", "explain")
        for path in (resources_dir() / folder).glob("*.md")
    ]
    found += [
        path.name
        for path in texts
        if NAMED.search(with_placeholders_left_out(path.read_text(encoding="utf-8")))
    ]
    assert len(texts) > 15 and found == []


def with_placeholders_left_out(text: str) -> str:
    return re.sub(r"\{key:[^}]+\}", "", text)


def strings(path: Path) -> list[str]:
    """All strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    alone = {node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in alone
    ]
