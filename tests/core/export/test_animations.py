"""Animations are reopened with Pillow: exact greys at the right time, for ever, all or nothing."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.core.export.frames import digits
from vae_gui.core.export.options import ONE_WAY, SMOOTH, AnimationOptions, enlarge
from vae_gui.core.export.writers import export_animation
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import Progress, finish

SUFFIXES = [".gif", ".png", ".webp"]


def play(path: Path) -> list[tuple[int, np.ndarray]]:
    """What a viewer shows: for each frame its duration in ms and its greys (size, size)."""
    shown = []
    with Image.open(path) as image:
        for frame in ImageSequence.Iterator(image):
            greys = np.asarray(frame.convert("L"))
            # A WebP frame knows its duration only once it is decoded.
            shown.append((int(frame.info["duration"]), greys))
    return shown


def at_times(shown: list[tuple[int, np.ndarray]], interval_ms: int) -> list[np.ndarray]:
    """The picture in each interval, however a reader merges equal neighbours."""
    return [greys for duration, greys in shown for _ in range(duration // interval_ms)]


def assert_plays(path: Path, expected: list[np.ndarray], interval_ms: int) -> None:
    shown = play(path)
    assert sum(duration for duration, _ in shown) == interval_ms * len(expected)
    pictures = at_times(shown, interval_ms)
    assert len(pictures) == len(expected)
    for picture, frame in zip(pictures, expected, strict=True):
        np.testing.assert_array_equal(picture, frame)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("size", [28, 61, 112])
def test_every_frame_is_exact_at_its_time_there_and_back(
    tmp_path: Path, suffix: str, size: int
) -> None:
    frames = digits(12)
    path = tmp_path / f"walk{suffix}"
    job = export_animation(frames, path, AnimationOptions(12, size, 50))
    assert finish(job) == path
    order = [*range(12), *range(10, 0, -1)]
    assert_plays(path, [enlarge(frames[index], size, "sharp") for index in order], 50)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_it_loops_for_ever_and_has_the_size_asked_for(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"walk{suffix}"
    finish(export_animation(digits(3), path, AnimationOptions(3)))
    with Image.open(path) as image:
        assert image.info["loop"] == 0
        assert image.size == (256, 256)
        assert image.n_frames == 4


def test_a_hundred_frames_there_and_back_are_198_and_last_7_92_seconds(tmp_path: Path) -> None:
    path = tmp_path / "walk.gif"
    finish(export_animation(digits(100), path, AnimationOptions(size=56)))
    shown = play(path)
    assert len(shown) == 198
    assert sum(duration for duration, _ in shown) == 7920


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_equal_neighbours_keep_their_time(tmp_path: Path, suffix: str) -> None:
    frames = digits(3)[[0, 0, 0, 1, 1, 2]]
    path = tmp_path / f"walk{suffix}"
    finish(export_animation(frames, path, AnimationOptions(6, 28, 20, ONE_WAY)))
    assert_plays(path, list(frames), 20)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_frames_that_use_every_grey_stay_exact(tmp_path: Path, suffix: str) -> None:
    ramp = np.arange(1024).reshape(32, 32).astype(np.uint8)
    frames = np.stack([ramp, ramp.T, 255 - ramp, np.where(ramp > 9, ramp, 0), ramp])
    path = tmp_path / f"walk{suffix}"
    finish(export_animation(frames, path, AnimationOptions(5, 32, 40, ONE_WAY)))
    assert_plays(path, list(frames), 40)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_smooth_frames_are_exact_too(tmp_path: Path, suffix: str) -> None:
    frames = digits(4)
    path = tmp_path / f"walk{suffix}"
    finish(export_animation(frames, path, AnimationOptions(4, 65, 40, ONE_WAY, SMOOTH)))
    expected = [enlarge(frame, 65, SMOOTH) for frame in frames]
    assert len(np.unique(expected[0])) > len(np.unique(frames[0])) // 2
    assert_plays(path, expected, 40)


def test_frames_are_taken_one_by_one_and_may_share_their_memory(tmp_path: Path) -> None:
    frames = digits(5)

    def decode() -> Iterator[np.ndarray]:
        shared = np.empty((28, 28), np.uint8)
        for frame in frames:
            shared[:] = frame
            yield shared

    path = tmp_path / "walk.gif"
    finish(export_animation(decode(), path, AnimationOptions(5, 28, 40, ONE_WAY)))
    assert_plays(path, list(frames), 40)


def test_progress_rises_to_its_total(tmp_path: Path) -> None:
    reports: list[Progress] = []
    job = export_animation(digits(10), tmp_path / "a.gif", AnimationOptions(10, 28))
    finish(job, reports.append)
    assert [report.done for report in reports] == list(range(1, 29))
    assert {report.total for report in reports} == {28}


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("old", [None, b"older"])
@pytest.mark.parametrize("reports", [1, 7, 15])
def test_a_cancelled_export_leaves_no_file_and_no_harm(
    tmp_path: Path, suffix: str, old: bytes | None, reports: int
) -> None:
    path = tmp_path / f"walk{suffix}"
    if old is not None:
        path.write_bytes(old)
    job = export_animation(digits(6), path, AnimationOptions(6, 28))
    for _ in range(reports):
        next(job)
    job.close()
    assert [item.read_bytes() for item in tmp_path.iterdir()] == ([] if old is None else [old])


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_failure_in_the_middle_leaves_the_older_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"walk{suffix}"
    path.write_bytes(b"older")

    def decode() -> Iterator[np.ndarray]:
        yield digits(1)[0]
        raise RuntimeError("the decoder failed")

    with pytest.raises(RuntimeError, match="the decoder failed"):
        finish(export_animation(decode(), path, AnimationOptions(6, 28)))
    assert [item.read_bytes() for item in tmp_path.iterdir()] == [b"older"]


def test_a_failing_encoder_leaves_the_older_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "walk.webp"
    path.write_bytes(b"older")
    real, calls = Image.Image.save, []

    def failing(self: Image.Image, *arguments: object, **options: object) -> None:
        calls.append(self)
        if len(calls) == 4:
            raise OSError("encoder error")
        real(self, *arguments, **options)

    monkeypatch.setattr(Image.Image, "save", failing)
    with pytest.raises(UserError, match="could not be written"):
        finish(export_animation(digits(6), path, AnimationOptions(6, 28)))
    assert [item.read_bytes() for item in tmp_path.iterdir()] == [b"older"]
