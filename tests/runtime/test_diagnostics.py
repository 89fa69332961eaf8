"""The text of a fault report: what it says, and that it names nobody's folders."""

import faulthandler
import logging
import subprocess
import sys
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path, PureWindowsPath

import pytest

from tests.conftest import REPOSITORY
from tests.fake_windows import said_on_windows
from vae_gui import __version__
from vae_gui.runtime.diagnostics import (
    LOG_LINES,
    MAX_BYTES,
    diagnostics,
    keep_crashes,
    without_home,
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of the app, in the home folder."""
    path = tmp_path / "logs" / "vae-explorer.log"
    path.parent.mkdir()
    handler = RotatingFileHandler(path, encoding="utf-8")
    logging.getLogger().addHandler(handler)
    yield path
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_versions_device_platform_and_the_end_of_the_log_are_said(
    log: Path, tmp_path: Path
) -> None:
    for number in range(200):
        logging.getLogger("test").warning("line %d of %s", number, tmp_path / "model.vae")
    text = diagnostics("cpu", "this machine has cpu", "platform offscreen", home=tmp_path)
    assert f"VAE explorer {__version__}" in text
    assert "torch 2." in text and "PySide6-Essentials 6." in text
    assert "platform offscreen" in text and "trained on: cpu" in text
    assert "line 199 of ~/model.vae" in text
    assert f"line {199 - LOG_LINES} " not in text
    assert str(tmp_path) not in text


def test_without_a_log_and_a_run_it_says_so() -> None:
    text = diagnostics("", "", "")
    assert "nothing yet" in text and "(none)" in text


def test_the_home_folder_is_replaced_however_its_path_is_written() -> None:
    home = PureWindowsPath(r"C:\Users\Ada")
    text = r"C:\Users\Ada\a.vae C:/Users/Ada/b.vae 'C:\\Users\\Ada\\c.vae'"
    assert "Ada" not in without_home(text, home)
    assert without_home("a / b", Path("/")) == "a / b"


CRASH = """
import ctypes, sys
from pathlib import Path
from tests.fake_windows import said_on_windows
from vae_gui.runtime.diagnostics import keep_crashes
file = keep_crashes(Path(sys.argv[1]))
def falls():
    ctypes.string_at(0)
falls()
"""


def test_the_trace_of_a_crash_is_found_beside_the_log(log: Path) -> None:
    done = subprocess.run([sys.executable, "-c", CRASH, str(log)], cwd=REPOSITORY, check=False)
    assert done.returncode != 0
    assert "in falls" in (log.parent / "crash.log").read_text(encoding="utf-8")
    assert "in falls" in diagnostics("", "", "")


def test_a_crash_log_that_has_grown_begins_anew_and_one_that_cannot_be_written_is_done_without(
    tmp_path: Path,
) -> None:
    log, enabled = tmp_path / "app.log", faulthandler.is_enabled()
    crashes = tmp_path / "crash.log"
    crashes.write_text("x" * (MAX_BYTES + 1))
    try:
        file = keep_crashes(log)
        assert file is not None and crashes.stat().st_size == 0
    finally:
        faulthandler.disable()
        if enabled:
            faulthandler.enable()
    file.close()
    assert keep_crashes(None) is None
    assert keep_crashes(tmp_path / "missing" / "app.log") is None


TWO_WINDOWS = """
import logging, sys
from pathlib import Path
from vae_gui.runtime.diagnostics import Log
logging.raiseExceptions = False
path = Path(sys.argv[1])
other = Log(path, maxBytes=100, backupCount=2)
log = Log(path, maxBytes=100, backupCount=2)
def tell(text):
    log.emit(logging.LogRecord("app", logging.INFO, "", 0, text.ljust(60, "."), None, None))
for number in range(4):
    tell(f"record {number}")
other.close()
tell("alone")
log.close()
print(sorted(file.name for file in path.parent.iterdir()))
print("".join(file.read_text() for file in path.parent.iterdir()))
"""


def test_the_logs_of_two_windows_do_not_stop_each_other_on_windows(tmp_path: Path) -> None:
    names, *lines = said_on_windows(TWO_WINDOWS, tmp_path / "app.log").splitlines()
    assert names == "['app.log', 'app.log.1']"  # put aside once the other window is gone
    said = {line.strip(".") for line in lines if line}
    assert said == {"alone", *(f"record {number}" for number in range(4))}
