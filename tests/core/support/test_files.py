"""`atomic_write` writes all or nothing; `open_checked` opens regular files of bounded size."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.fake_windows import FAKED, posix_only
from vae_gui.core.support import files
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write, open_checked, remove_unfinished

POSIX = posix_only("its file system")


def test_a_finished_block_replaces_the_file_and_leaves_nothing_else(target: Path) -> None:
    with atomic_write(target) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_the_temporary_file_is_hidden_and_in_the_same_folder(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "run.vae"):
        (temporary,) = tmp_path.iterdir()
        assert temporary.name.startswith(".run.vae.")


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError, GeneratorExit])
def test_a_failing_block_leaves_the_old_file_and_raises_its_own_error(
    target: Path, failure: type[BaseException]
) -> None:
    with pytest.raises(failure), atomic_write(target) as file:
        file.write(b"half")
        raise failure
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


def test_a_closed_generator_leaves_the_old_file(target: Path) -> None:
    def job() -> Iterator[None]:
        with atomic_write(target) as file:
            file.write(b"half")
            yield

    running = job()
    next(running)
    running.close()
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


def test_content_reaches_the_disk_before_the_name_and_the_folder_after(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        real_sync(descriptor)

    def replace(self: Path, other: Path) -> Path:
        assert self.read_bytes() == b"new"
        done.append("replace")
        return real_replace(self, other)

    monkeypatch.setattr(files.os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", replace)
    with atomic_write(target) as file:
        file.write(b"new")
    assert done[:2] == ["file", "replace"]
    assert done[2:] == ([] if FAKED or os.name != "posix" else ["folder"])


@POSIX
def test_a_new_file_follows_the_umask_and_an_old_one_keeps_its_mode(target: Path) -> None:
    target.chmod(0o640)
    before = os.umask(0o027)
    try:
        for path in (target, target.with_name("new.vae")):
            with atomic_write(path) as file:
                file.write(b"new")
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert stat.S_IMODE(target.with_name("new.vae").stat().st_mode) == 0o640
    target.chmod(0o604)
    with atomic_write(target) as file:
        file.write(b"newer")
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


@POSIX
def test_a_link_is_followed(target: Path) -> None:
    link = target.with_name("link.vae")
    link.symlink_to(target)
    with atomic_write(link) as file:
        file.write(b"new")
    assert link.is_symlink() and target.read_bytes() == b"new"


def test_folders_are_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, Path(tmp_path.anchor)):
        with pytest.raises(UserError, match="is a folder"), atomic_write(folder):
            pass


@POSIX
def test_devices_and_pipes_are_refused_in_both_directions(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for special in (pipe, Path("/dev/null")):
        with pytest.raises(UserError, match="device or a pipe"), atomic_write(special):
            pass
        with pytest.raises(UserError, match="is not a file"), open_checked(special, 10):
            pass
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@POSIX
def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(
    target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_open = os.open

    def open_too_late(path: Path, flags: int) -> int:
        target.unlink()
        os.mkfifo(target)
        return real_open(path, flags)

    monkeypatch.setattr(files.os, "open", open_too_late)
    with pytest.raises(UserError, match="is not a file"), open_checked(target, 10):
        pass


def test_a_missing_folder_and_a_file_in_its_place_are_said(target: Path) -> None:
    for path in (target.parent / "gone" / "run.vae", target / "run.vae"):
        with (
            pytest.raises(UserError, match=r"is not there: choose another folder"),
            atomic_write(path),
        ):
            pass
        with pytest.raises(UserError, match="choose another file"), open_checked(path, 10):
            pass
    assert target.read_bytes() == b"old"


@posix_only("an open file can be removed")
def test_a_folder_that_vanishes_meanwhile_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    with pytest.raises(UserError, match="is not there"), atomic_write(folder / "run.vae") as file:
        file.write(b"new")
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_is_too_long_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="too long"), atomic_write(tmp_path / ("ä" * 200)):
        pass
    assert list(tmp_path.iterdir()) == []


@posix_only("paths as long as that")
def test_a_long_name_that_the_folder_can_hold_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".vae")
    with atomic_write(path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_said_and_the_old_file_stays(
    target: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(UserError, match="There is no room"), atomic_write(target) as file:
        file.write(b"new")
    assert target.read_bytes() == b"old"
    assert list(target.parent.iterdir()) == [target]


@contextmanager
def unprivileged() -> Iterator[None]:
    """Permissions do not bind root, so root becomes another user for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@POSIX
def test_a_read_only_folder_is_said_and_the_old_file_stays() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        target = folder / "run.vae"
        target.write_bytes(b"old")
        folder.chmod(0o555)
        try:
            with (
                unprivileged(),
                pytest.raises(UserError, match="may not be written"),
                atomic_write(target) as file,
            ):
                file.write(b"new")
            assert target.read_bytes() == b"old"
            assert list(folder.iterdir()) == [target]
        finally:
            folder.chmod(0o755)


def test_reading_gives_a_file_of_the_largest_size_and_refuses_more(target: Path) -> None:
    with open_checked(target, 3) as file:
        assert file.read() == b"old"
    with pytest.raises(UserError, match="larger than"), open_checked(target, 2):
        pass


@posix_only("an open file can be removed")
def test_a_process_that_ends_at_once_leaves_no_unfinished_file(tmp_path: Path) -> None:
    path = tmp_path / "half.bin"
    with pytest.raises(UserError), atomic_write(path) as file:
        file.write(b"half")
        remove_unfinished()
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []
