"""What Windows does to files, on a fake one: it refuses what somebody holds, what is read-only, and some names."""

import stat
from pathlib import Path

import pytest

from tests.fake_windows import said_on_windows
from vae_gui.core.support.file_names import file_name, problem_with_name

NOT_WAITING = """
import sys, time
from pathlib import Path
waited = []
time.sleep = waited.append
from vae_gui.core.support import files
from vae_gui.core.support.errors import UserError
path = Path(sys.argv[1])
def save():
    try:
        with files.atomic_write(path) as file:
            file.write(b"new")
    except UserError as error:
        print(error)
"""


def test_a_file_that_a_scanner_holds_for_a_moment_is_saved_all_the_same(target: Path) -> None:
    said = said_on_windows(NOT_WAITING + "save(); print(len(waited))", target, scanner=3)
    assert int(said) >= 3
    assert target.read_bytes() == b"new" and list(target.parent.iterdir()) == [target]


def test_what_stays_open_elsewhere_is_given_up_after_a_second_and_a_half(target: Path) -> None:
    script = "held = path.open('rb'); save(); print(round(sum(waited), 3))"
    sentence, seconds = said_on_windows(NOT_WAITING + script, target).splitlines()
    assert (
        sentence == "“run.vae” is open in another program: close it there, or choose another name."
    )
    assert float(seconds) == 1.5
    assert target.read_bytes() == b"old" and list(target.parent.iterdir()) == [target]


def test_a_read_only_file_is_said_at_once_and_leaves_no_temporary_one(target: Path) -> None:
    target.chmod(stat.S_IREAD)
    script = """
save()
try:
    files.check_writable(path)
except UserError as error:
    print(error)
print(waited)
"""
    saved, checked, waited = said_on_windows(NOT_WAITING + script, target).splitlines()
    assert "take “Read-only” off" in saved and checked == saved and waited == "[]"
    assert list(target.parent.iterdir()) == [target]


def test_a_file_that_is_held_for_a_moment_is_removed_and_read(target: Path) -> None:
    script = """
real, refused = files.os.open, []
def open_scanned(*arguments):
    if len(refused) < 2:
        refused.append(arguments)
        raise PermissionError(13, "a scanner has it open")
    return real(*arguments)
files.os.open = open_scanned
with files.open_checked(path, 10) as file:
    print(file.read().decode())
files.remove_file(path)
"""
    assert said_on_windows(NOT_WAITING + script, target, scanner=2) == "old\n"
    assert not target.exists()


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("con", "a device"),
        ("NUL.vae", "a device"),
        ("run.", "ends in “.”"),
        ("12:30.vae", "“:” in it"),
        ("a?.png", "“?” in it"),
        ("x" * 255, "too long for Windows"),
    ],
)
def test_a_name_that_windows_does_not_take_is_said(tmp_path: Path, name: str, part: str) -> None:
    said = said_on_windows(NOT_WAITING + "save()", tmp_path / name)
    assert part in said and list(tmp_path.iterdir()) == []


def test_a_title_becomes_a_name_that_every_system_takes() -> None:
    titles = ["Pretrained · MNIST", "con", "NUL", "β 1:30 / 4", "…", "x" * 300, "ends.", "ein Ü_1"]
    names = [file_name(title, "model") for title in titles]
    assert names[:5] == ["pretrained-mnist", "model-con", "model-nul", "β-1-30-4", "model"]
    for name in names:
        assert problem_with_name(Path(f"{name}.vae")) == "" and len(name) < 100
