"""Damaged settings are defaults and a kept copy; the window's bytes come back whole or not at all."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray

from tests.fake_windows import posix_only
from vae_gui.runtime.settings import Settings, default_data_folder, default_settings_path
from vae_gui.runtime.settings_file import MAX_BYTES, SettingsFile

ROOT = Path(__file__).parent.parent.parent
DAMAGED = {
    "another format": b"[General]\ntheme=light\n",
    "binary": bytes(range(256)) * 20,
    "empty": b"",
    "not an object": b'["theme", "light"]',
    "cut off": b'{"theme": "light"',
    "deep": b'{"theme": ' + b"[" * 200_000,
    "long number": b'{"theme": ' + b"9" * 10_000 + b"}",
    "huge": b'{"theme": "' + b"x" * MAX_BYTES + b'"}',
    "a variant that ends the process": b"[General]\ntheme=@Variant(\\0\\0\\0\\x7f\\xff\\xff\\xff\\xff)\n",
}
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
KEYS = ["theme", "data_folder", "last_folder", "recent_files", "window/geometry", "window/layout"]


@pytest.fixture
def path(home: Path) -> Path:
    path = default_settings_path()
    assert path.is_relative_to(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def are_defaults(found: Settings) -> bool:
    return (
        found.theme == "system"
        and found.data_folder == default_data_folder()
        and found.recent_files == ()
        and found.geometry.isEmpty()
        and found.layout.isEmpty()
    )


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_file_is_kept_as_a_copy_and_replaced_by_defaults(path: Path, what: str) -> None:
    path.write_bytes(DAMAGED[what])
    found = Settings()
    assert are_defaults(found)
    assert path.with_name("settings-damaged.json").read_bytes() == DAMAGED[what]
    found.theme = "light"
    assert Settings().theme == "light"
    assert json.loads(path.read_bytes()) == {"theme": "light"}


def test_a_folder_in_the_place_of_the_file_too(path: Path) -> None:
    path.mkdir()
    found = Settings()
    assert are_defaults(found)
    found.theme = "light"
    assert Settings().theme == "light"


@settings(max_examples=50)
@given(document=st.dictionaries(st.sampled_from(KEYS) | st.text(), values))
def test_any_values_are_taken_or_defaults(path: Path, document: dict[str, object]) -> None:
    path.write_text(json.dumps(document), encoding="utf-8")
    found = Settings()
    assert found.theme in ("system", "light", "dark")
    assert isinstance(found.data_folder, Path) and isinstance(found.last_folder, Path)
    assert found.recent_files == ()
    assert found.geometry.isEmpty() and found.layout.isEmpty()


def test_what_another_window_kept_meanwhile_stays(path: Path) -> None:
    one, other = Settings(), Settings()
    one.theme = "light"
    other.data_folder = path.parent
    assert Settings().theme == "light" and Settings().data_folder == path.parent


class Locked:
    """Another program keeps the file to itself, as root cannot be refused one by its permissions."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.held, self._path, self._open = True, path, os.open
        monkeypatch.setattr("vae_gui.core.support.files.os.open", self.open)

    def open(self, path: Path, *arguments: int) -> int:
        if self.held and Path(path) == self._path:
            raise PermissionError(13, "Another process has it open")
        return self._open(path, *arguments)


def test_settings_that_cannot_be_read_stay_and_are_read_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Settings().data_folder = path.parent
    before = path.read_bytes()
    locked = Locked(path, monkeypatch)
    found = Settings()
    found.theme = "light"
    assert found.theme == "light" and are_defaults(Settings())
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]
    locked.held = False
    found.welcomed = True
    assert found.data_folder == path.parent
    assert Settings().theme == "light" and Settings().welcomed


def test_what_could_not_be_kept_goes_with_the_next_value(path: Path) -> None:
    found = Settings()
    found.theme = "dark"
    path.unlink()
    path.parent.rmdir()
    path.parent.touch()
    found.theme = "light"
    path.parent.unlink()
    other = Settings()
    other.theme = "dark"
    found.welcomed = True
    assert Settings().theme == "light" and Settings().welcomed


def test_a_value_of_a_newer_version_stays(path: Path) -> None:
    path.write_text('{"newer": {"kind": 1}}', encoding="utf-8")
    Settings().theme = "light"
    assert json.loads(path.read_bytes()) == {"newer": {"kind": 1}, "theme": "light"}


@pytest.mark.parametrize("key", ["window/geometry", "window/layout"])
def test_one_changed_byte_of_the_layout_gives_the_default(path: Path, key: str) -> None:
    content = QByteArray(bytes(range(200)))
    Settings().keep_window(content, content)
    assert Settings().geometry == content and Settings().layout == content
    document = json.loads(path.read_bytes())
    kept = document[key]
    other = document["window/geometry" if key == "window/layout" else "window/layout"]
    for changed in (kept[:-4], kept[:100] + "A" + kept[101:], "0" + kept[1:], kept[70:], other):
        if changed == kept:
            continue
        path.write_text(json.dumps(document | {key: changed}), encoding="utf-8")
        found = Settings()
        assert (found.geometry if key == "window/geometry" else found.layout).isEmpty()


def test_a_folder_that_cannot_be_written_keeps_nothing_and_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").touch()
    file = SettingsFile(tmp_path / "file" / "settings.json")
    file.set("theme", "light")
    assert file.value("theme") == "light"
    assert "were not kept" in caplog.text


START = """
import sys
from PySide6.QtCore import QTimer
from vae_gui import app
open_window = app.open_window

def open_and_close(context, file):
    window = open_window(context, file)
    QTimer.singleShot(0, window.close)
    return window

app.open_window = open_and_close
sys.exit(app.main([]))
"""


@posix_only("XDG folders")
def test_the_app_starts_and_ends_where_nothing_of_its_home_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    folders = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")
    done = subprocess.run(
        [sys.executable, "-c", START],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {name: str(tmp_path / "home" / "me") for name in folders},
    )
    assert done.returncode == 0, done.stderr
    assert "There is no log" in done.stderr
    assert (tmp_path / "home").read_bytes() == b""
