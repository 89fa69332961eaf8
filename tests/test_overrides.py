"""No exception leaves a Python override of a Qt method: each is guarded, and the guard holds."""

import importlib
import os
import pkgutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from shiboken6 import Shiboken

import vae_gui.runtime
import vae_gui.ui
from tests.conftest import REPOSITORY
from vae_gui.runtime.overrides import NEUTRAL, qt_override, qt_override_or, reported

GUARD = qt_override_or(lambda: None)(lambda: None).__code__
NOT_VIRTUAL = {"toggle"}  # Qt calls its own


def classes_below(kind: type) -> Iterator[type]:
    for below in type.__subclasses__(kind):
        yield below
        yield from classes_below(below)


def is_qt(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in ("PySide6", "shiboken6", "Shiboken")


def overrides() -> dict[str, object]:
    """All methods of the app that a Qt class of the same object has too."""
    for package in (vae_gui.runtime, vae_gui.ui):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return {
        f"{kind.__module__}.{kind.__qualname__}.{name}": value
        for kind in classes_below(Shiboken.Object)
        if kind.__module__.startswith("vae_gui.")
        for name, value in vars(kind).items()
        if callable(value)
        and not name.startswith("__")
        and name not in NOT_VIRTUAL
        and any(is_qt(base) and name in vars(base) for base in kind.__mro__)
    }


def test_every_override_of_a_qt_method_is_guarded() -> None:
    found = overrides()
    assert len(found) > 150
    assert [name for name, it in found.items() if getattr(it, "__code__", None) is not GUARD] == []


def test_a_return_type_whose_neutral_value_nobody_said_is_refused_where_the_class_is_made() -> None:
    def pixels(self: object) -> bytes:
        return b""

    with pytest.raises(KeyError, match="bytes"):
        qt_override(pixels)
    for name, neutral in NEUTRAL.items():
        assert neutral() is None or type(neutral()).__name__ == name


def test_whatever_is_raised_in_whichever_override_is_reported_once_and_ends_nothing() -> None:
    """In a process of its own, which a fault would end."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-W", "error", "-m", "tests.raising_overrides"],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr
    assert done.stdout.endswith("all survived\n")


def test_a_hook_that_fails_itself_does_not_undo_the_guard(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "excepthook", lambda *_: {}["the hook"])
    with reported():
        raise ValueError("the fault")
    said = capsys.readouterr().err
    assert "the fault" in said and "the hook" in said
