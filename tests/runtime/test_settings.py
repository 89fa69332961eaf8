"""What is remembered between starts; a value that cannot be read is its default."""

import os
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray

from tests.processes import wait_until
from tests.waiting import WAIT_SECONDS
from vae_gui.runtime.settings import MAX_RECENT_FILES, Settings, default_data_folder


def written(_: Settings) -> Settings:
    """Those of the next start."""
    return Settings()


def test_the_first_start_has_defaults(home: Path) -> None:
    settings = Settings()
    assert settings.theme == "system"
    assert settings.data_folder == default_data_folder()
    assert settings.data_folder.is_relative_to(home)
    assert settings.recent_files == ()
    assert settings.geometry.isEmpty()
    assert settings.layout.isEmpty()


def test_every_value_is_there_at_the_next_start(home: Path, tmp_path: Path) -> None:
    settings = Settings()
    settings.theme = "light"
    settings.data_folder = tmp_path / "data, with a comma"
    settings.last_folder = tmp_path / "söme where"
    settings.keep_window(QByteArray(b"\x00geometry\xff"), QByteArray(b"layout;"))
    again = written(settings)
    assert again.theme == "light"
    assert again.data_folder == tmp_path / "data, with a comma"
    assert again.last_folder == tmp_path / "söme where"
    assert (again.geometry, again.layout) == (b"\x00geometry\xff", b"layout;")


def test_recent_files_are_newest_first_without_repetition_and_only_so_many(
    home: Path, tmp_path: Path
) -> None:
    settings = Settings()
    paths = [tmp_path / f"model {number}.vae" for number in range(MAX_RECENT_FILES + 3)]
    for path in paths:
        path.touch()
        settings.remember_file(path)
    settings.remember_file(paths[-2])
    expected = (paths[-2], paths[-1], *reversed(paths[3:-2]))
    assert written(settings).recent_files == expected


def test_one_recent_file_comes_back_too(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "only, one.vae"
    path.touch()
    settings = Settings()
    settings.remember_file(path)
    assert written(settings).recent_files == (path,)


def test_files_that_are_gone_are_not_offered(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "model.vae"
    path.touch()
    settings = Settings()
    settings.remember_file(path)
    path.unlink()
    assert settings.recent_files == ()


def test_a_file_on_a_share_that_sleeps_is_offered_and_not_waited_for(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asleep, here, gone = (tmp_path / f"{name}.vae" for name in ("asleep", "here", "gone"))
    here.touch()
    settings, wake, answered = Settings(), threading.Event(), []
    is_file = os.path.isfile

    def slow(path: Path) -> bool:
        if path == asleep:
            wake.wait(WAIT_SECONDS)
            answered.append(path)
        return is_file(path)

    monkeypatch.setattr("vae_gui.runtime.settings.os.path.isfile", slow)
    for path in (asleep, gone, here):
        settings.remember_file(path)
    offered = settings.recent_files
    assert offered == (here, asleep) and answered == []
    wake.set()
    wait_until(lambda: bool(answered))


def test_settings_are_where_the_tests_put_them(home: Path) -> None:
    settings = Settings()
    settings.theme = "light"
    written(settings)
    assert (home / "config" / "vae-explorer" / "settings.json").is_file()
