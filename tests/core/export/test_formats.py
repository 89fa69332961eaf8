"""The contract of every entry in FORMATS: what is written is what Pillow reads."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.core.export.frames import digits
from vae_gui.core.export.formats import FORMATS, ExportFormat, format_of, suffixes
from vae_gui.core.export.options import ONE_WAY, AnimationOptions, StripOptions
from vae_gui.core.export.writers import export_animation
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish

MOVING = [entry for entry in FORMATS.values() if entry.animation is not None]
STILL = [entry for entry in FORMATS.values() if entry.picture is not None]
every_format = pytest.mark.parametrize("entry", FORMATS.values(), ids=FORMATS)


@every_format
def test_a_format_describes_itself(entry: ExportFormat) -> None:
    assert FORMATS[entry.name] is entry
    assert entry.title
    assert entry.suffix == entry.suffix.lower()
    assert entry.suffix.startswith(".")
    assert (entry.animation is None) != (entry.picture is None)


@every_format
def test_its_ending_names_it_among_those_that_move_or_do_not(entry: ExportFormat) -> None:
    assert format_of(Path(f"a{entry.suffix}"), entry.moves) is entry
    assert entry.suffix in suffixes(entry.moves)


@pytest.mark.parametrize("entry", MOVING, ids=[entry.name for entry in MOVING])
def test_an_animation_shows_each_frame_exactly(entry: ExportFormat, tmp_path: Path) -> None:
    frames, path = digits(4), tmp_path / f"clip{entry.suffix}"
    finish(export_animation(frames, path, AnimationOptions(4, 28, 50, ONE_WAY)))
    with Image.open(path) as image:
        shown = [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(image)]
    np.testing.assert_array_equal(shown, frames)


@pytest.mark.parametrize("entry", STILL, ids=[entry.name for entry in STILL])
def test_a_picture_shows_each_tile_exactly(entry: ExportFormat, tmp_path: Path) -> None:
    tiles, path = digits(6).reshape(2, 3, 28, 28), tmp_path / f"grid{entry.suffix}"
    assert entry.picture is not None
    finish(entry.picture(tiles, path, StripOptions(28, 0)))
    with Image.open(path) as image:
        picture = np.asarray(image.convert("L"))
    np.testing.assert_array_equal(picture, tiles.transpose(0, 2, 1, 3).reshape(56, 84))


@every_format
def test_a_cancelled_export_leaves_no_file(entry: ExportFormat, tmp_path: Path) -> None:
    path = tmp_path / f"cancelled{entry.suffix}"
    if entry.picture is not None:
        job = entry.picture(digits(6).reshape(3, 2, 28, 28), path, StripOptions(28))
    else:
        job = export_animation(digits(4), path, AnimationOptions(4, 28))
    next(job)
    job.close()
    assert list(tmp_path.iterdir()) == []


def test_another_ending_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UserError, match=", ".join(suffixes())):
        format_of(Path("a.mp4"))
