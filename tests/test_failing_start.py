"""Whatever keeps the window from opening is told: on stderr, else in a box of the system, and in a file beside the logs."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from tests.conftest import REPOSITORY
from tests.waiting import WAIT_SECONDS
from vae_gui import desktop

REASON = "Error loading c10.dll or one of its dependencies."
needs_a_shell = pytest.mark.skipif(sys.platform == "win32", reason="closes stderr by a shell")


class Machine:
    """A user's home, libraries that do not load, and what the desktop was asked to show."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.broken, self.noted = folder, folder / "broken", folder / "noted"
        homes = {f"XDG_{name}_HOME": str(folder) for name in ("CONFIG", "DATA", "CACHE")}
        # No platform on which nobody looks; Qt does not come to it in these tests.
        self.variables = os.environ | homes | {"QT_QPA_PLATFORM": "linuxfb"}
        self.variables |= {"NOTED": str(self.noted), "PYTHONPATH": str(self.broken)}

    def breaks(self, library: str) -> None:
        (self.broken / library).mkdir(parents=True)
        text = f"raise OSError({REASON!r})\n"
        (self.broken / library / "__init__.py").write_text(text, encoding="utf-8")

    def has_desktop(self, system: str) -> None:
        """Have the boxes of this system; that of macOS is asked for by a program."""
        stub = REPOSITORY / "tests" / "other_desktop"
        self.variables["PYTHONPATH"] = os.pathsep.join(map(str, (stub, self.broken, REPOSITORY)))
        program = self.folder / "bin" / "osascript"
        program.parent.mkdir()
        program.write_text('#!/bin/sh\nprintf "%s" "$4" >"$NOTED"\n', encoding="utf-8")
        program.chmod(0o755)
        self.variables |= {
            "DESKTOP": system,
            "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        }

    def start(self, *arguments: str, stderr: bool = True) -> "subprocess.CompletedProcess[str]":
        """Start main.py, with stderr closed as it is where there is no console."""
        shell = ["sh", "-c", f'exec "$0" main.py "$@" {"" if stderr else "2>&-"}', sys.executable]
        return subprocess.run(
            [*shell, *arguments],
            cwd=REPOSITORY,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=WAIT_SECONDS,
        )

    def trace(self) -> str:
        path = self.folder / "vae-explorer" / "logs" / "start-error.txt"
        return path.read_text(encoding="utf-8")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@needs_a_shell
def test_in_a_bundle_of_windows_a_torch_that_does_not_load_is_told_in_a_box(
    machine: Machine,
) -> None:
    machine.breaks("torch")
    machine.has_desktop("win32")
    assert machine.start(stderr=False).returncode == 70
    (_, said, title, icon) = json.loads(machine.noted.read_text(encoding="utf-8"))
    assert REASON in said and "install it again" in said and "start-error.txt" in said
    assert (title, icon) == ("VAE explorer", 0x10)
    assert REASON in machine.trace() and "load_torch_before_qt" in machine.trace()


@needs_a_shell
def test_on_macos_a_qt_that_does_not_load_is_told_in_a_box(machine: Machine) -> None:
    machine.breaks("PySide6")
    machine.has_desktop("darwin")
    assert machine.start(stderr=False).returncode == 70
    said = machine.noted.read_text(encoding="utf-8")
    assert REASON in said and "self-check" in said and REASON in machine.trace()


@needs_a_shell
@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_a_file_that_is_gone_is_told_in_a_box(machine: Machine, system: str) -> None:
    machine.has_desktop(system)
    assert machine.start("gone.vae", stderr=False).returncode == 2
    assert "gone.vae" in machine.noted.read_text(encoding="utf-8")


@needs_a_shell
def test_in_a_terminal_it_is_a_line_and_no_box(machine: Machine) -> None:
    machine.breaks("PySide6")
    machine.has_desktop("darwin")
    done = machine.start()
    assert done.returncode == 70 and done.stderr.count("\n") == 1
    assert REASON in done.stderr and "self-check" in done.stderr
    assert not machine.noted.exists() and "Traceback" in machine.trace()


@needs_a_shell
def test_where_nobody_looks_at_the_screen_no_box_waits_for_a_click(machine: Machine) -> None:
    machine.breaks("PySide6")
    machine.has_desktop("darwin")
    machine.variables["QT_QPA_PLATFORM"] = "offscreen"
    assert machine.start(stderr=False).returncode == 70
    assert not machine.noted.exists() and REASON in machine.trace()


def test_an_error_after_the_threads_have_begun_is_told_and_they_end(machine: Machine) -> None:
    code = (
        "import sys; from vae_gui import __main__, app\n"
        "app.MainWindow.show = lambda self: [][1]\n"
        "sys.exit(__main__.main([]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=REPOSITORY,
        env=machine.variables | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
    )
    assert done.returncode == 70 and "IndexError" in done.stderr.splitlines()[-1]
    assert "please report it" in done.stderr and "QThread" not in done.stderr
    assert "IndexError" in machine.trace()


@pytest.mark.parametrize(
    ("stderr", "frozen", "unread"),
    [(None, False, True), (None, True, True), ("", True, True), ("", False, False)],
)
def test_what_is_printed_is_lost_without_a_console_and_in_a_bundle_without_a_terminal(
    monkeypatch: pytest.MonkeyPatch, stderr: str | None, frozen: bool, unread: bool
) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(sys, "frozen", frozen, raising=False)
    monkeypatch.setattr(sys, "__stderr__", None if stderr is None else io.StringIO(stderr))
    assert desktop.nobody_reads_stderr() == unread


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Windows and macOS have boxes")
def test_on_linux_the_box_is_of_qt_and_shows_the_text_as_it_is(qapp: QApplication) -> None:
    shown: list[tuple[str, Qt.TextFormat]] = []

    def close() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            shown.append((box.text(), box.textFormat()))
            box.accept()

    timer = QTimer(interval=10)
    timer.timeout.connect(close)
    timer.start()
    desktop.show_error("<b>gone</b>.vae")
    timer.stop()
    assert shown == [("<b>gone</b>.vae", Qt.TextFormat.PlainText)]


def test_the_task_bar_of_windows_knows_the_app_before_its_first_window() -> None:
    code = """
import ctypes, sys
from types import SimpleNamespace
from PySide6.QtCore import QCoreApplication
from vae_gui import app, desktop

def note(name):
    print(name, QCoreApplication.instance())

ctypes.windll = SimpleNamespace(
    shell32=SimpleNamespace(SetCurrentProcessExplicitAppUserModelID=note)
)
desktop.sys = SimpleNamespace(platform="win32")
app.make_application()
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [desktop.APP_ID, "None"]
