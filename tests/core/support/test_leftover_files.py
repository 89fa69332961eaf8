"""What killed writers leave behind goes at the next save of that name; what others write stays."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fake_windows import posix_only
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, check_writable

ROOT = Path(__file__).parent.parent.parent.parent
POSIX = posix_only("SIGKILL and locks")
WRITER = """
import sys
from pathlib import Path
from vae_gui.core.support.files import atomic_write
with atomic_write(Path(sys.argv[1])) as file:
    file.write(b"half")
    file.flush()
    print("writing", flush=True)
    sys.stdin.read()
"""


def writing(target: Path) -> "subprocess.Popen[str]":
    """A process in the middle of a save; it ends the save when its stdin is closed."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(target)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def save(target: Path, content: bytes = b"new") -> None:
    with atomic_write(target) as file:
        file.write(content)


@POSIX
@pytest.mark.parametrize("name", ["run.vae", "a [1]*.vae", "ä" * 100 + ".vae"])
def test_the_next_save_of_a_name_removes_what_killed_ones_left(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    for _ in range(2):
        with writing(target) as process:
            process.kill()
    assert len(list(tmp_path.iterdir())) > 0
    save(target)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@POSIX
def test_a_save_that_still_goes_on_elsewhere_is_not_disturbed(tmp_path: Path) -> None:
    target = tmp_path / "run.vae"
    with writing(target) as process:
        save(target)
        assert target.read_bytes() == b"new"
        process.communicate()
    assert process.returncode == 0
    assert target.read_bytes() == b"half"
    assert list(tmp_path.iterdir()) == [target]


@POSIX
def test_files_of_other_names_and_other_kinds_stay(tmp_path: Path) -> None:
    token = "0123abcd"
    others = {
        ".other.vae.0123abcd.tmp",
        ".run.vae.tmp",
        ".run.vae.0123abc.tmp",
        ".run.vae.0123abcd.tmp.vae",
        "run.vae.0123abcd.tmp",
    }
    for name in others:
        (tmp_path / name).touch()
    folder, pipe, link = (tmp_path / f".run.vae.{i}{token[1:]}.tmp" for i in range(3))
    folder.mkdir()
    os.mkfifo(pipe)
    link.symlink_to(tmp_path / ".run.vae.tmp")
    before = set(tmp_path.iterdir())
    save(tmp_path / "run.vae")
    assert set(tmp_path.iterdir()) == before | {tmp_path / "run.vae"}


def test_whether_a_place_can_be_written_is_known_beforehand(tmp_path: Path) -> None:
    good, old = tmp_path / "new.vae", tmp_path / "old.vae"
    old.write_bytes(b"old")
    for path in (good, old):
        check_writable(path)
    assert list(tmp_path.iterdir()) == [old] and old.read_bytes() == b"old"
    for path, reason in (
        (tmp_path, "is a folder"),
        (tmp_path / "gone" / "a.vae", "is not there"),
        (old / "a.vae", "is not there"),
        (tmp_path / ("x" * 300), "too long"),
    ):
        with pytest.raises(UserError, match=re.escape(reason)):
            check_writable(path)
