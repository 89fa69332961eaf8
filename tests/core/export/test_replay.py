"""The replay of a run as an animation: what each frame shows, how long, and in which colours."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests.tiny import tiny_config, tiny_data
from vae_gui.core.export.options import SHARP, enlarge
from vae_gui.core.export.replay import (
    DIGIT,
    LABELLED,
    MANIFOLD,
    PLAIN,
    SCATTER,
    ReplayOptions,
    ReplayStyle,
    evenly,
    export_replay,
)
from vae_gui.core.inference.encode_split import encode
from vae_gui.core.inference.engine import answer
from vae_gui.core.inference.requests import Decode
from vae_gui.core.latent.grid import ManifoldChoice, montage
from vae_gui.core.state.latent import LatentState
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.snapshot import half
from vae_gui.core.vae.timeline import TimelineEntry
from vae_gui.core.vae.trainer import Trainer

GROUND, INK = np.array([20, 21, 25], np.uint8), np.array([160, 167, 180], np.uint8)
COLORS = np.array([[63, 144, 218], [255, 169, 14]], np.uint8)
CURSOR = (0.5, -0.25)
FAST = 1000  # milliseconds a moment, so that the end is held for one frame more


def entries(
    latent_dim: int = 2, architecture: str = "mlp-256", count: int = 4
) -> list[TimelineEntry]:
    """The first steps of a run; the ones between are in half precision, as they are kept."""
    data = tiny_data()
    trainer = Trainer(tiny_config(architecture, latent_dim, learning_rate=0.02), data, "run")
    taken = []
    for step in range(count):
        snapshot = trainer.snapshot()
        encodings = finish(encode(snapshot, data.test, data.class_names))
        kept = half(snapshot) if 0 < step < count - 1 else snapshot
        taken.append(TimelineEntry(kept, encodings))
        trainer.step()
    return taken


def style(latent_dim: int = 2, **changes: object) -> ReplayStyle:
    cursor = (*CURSOR, *(0.0,) * latent_dim)[:latent_dim]
    latent = replace(LatentState.origin(latent_dim), cursor=cursor)
    return replace(ReplayStyle(latent, COLORS, GROUND, INK), **changes)


def frames(path: Path) -> list[tuple[np.ndarray, float]]:
    """RGB and milliseconds of each frame."""
    with Image.open(path) as image:
        return [
            (np.asarray(frame.convert("RGB")), frame.info["duration"])
            for frame in ImageSequence.Iterator(image)
        ]


def exported(
    kept: Sequence[TimelineEntry],
    path: Path,
    content: str,
    shown: ReplayStyle | None = None,
    **options: object,
) -> list[tuple[np.ndarray, float]]:
    values = ReplayOptions(content, size=84, interval_ms=FAST, rows=5, labels=PLAIN)
    assert finish(export_replay(kept, shown or style(), path, replace(values, **options))) == path
    return frames(path)


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_each_frame_is_decoded_by_its_own_moment(tmp_path: Path, suffix: str) -> None:
    kept = entries()
    shown = exported(kept, tmp_path / f"replay{suffix}", DIGIT)
    for timeline_entry, (frame, _) in zip(kept, shown, strict=False):
        image = answer(timeline_entry.snapshot, Decode.of(np.array(CURSOR)))[0]
        assert np.array_equal(frame[..., 0], enlarge(image, 84, SHARP))
    assert not np.array_equal(shown[0][0], shown[3][0])
    assert sum(duration for _, duration in shown) == FAST * len(kept) + FAST


def test_the_manifold_is_the_plane_as_digits(tmp_path: Path) -> None:
    kept = entries()
    shown = exported(kept, tmp_path / "replay.gif", MANIFOLD, size=140)
    z = ManifoldChoice(rows=5).latent_grid(2).points(CURSOR, (0, 1))
    image = montage(answer(kept[2].snapshot, Decode.of(z)), 5)
    assert np.array_equal(shown[2][0][..., 0], image)


@pytest.mark.parametrize("content", [SCATTER, MANIFOLD, DIGIT])
@pytest.mark.parametrize(
    ("latent_dim", "architecture"), [(1, "mlp-256"), (3, "mlp-256"), (2, "autoencoder-512")]
)
def test_every_kind_of_model_has_a_replay(
    tmp_path: Path, content: str, latent_dim: int, architecture: str
) -> None:
    kept = entries(latent_dim, architecture, 3)
    shown = exported(kept, tmp_path / "replay.gif", content, style(latent_dim))
    assert all(frame.shape == (84, 84, 3) for frame, _ in shown)
    assert len({frame.tobytes() for frame, _ in shown}) >= 3


@pytest.mark.parametrize("suffix", [".gif", ".png", ".webp"])
def test_the_cloud_has_the_ground_and_the_colours_of_its_classes(
    tmp_path: Path, suffix: str
) -> None:
    shown = exported(entries(), tmp_path / f"cloud{suffix}", SCATTER, size=256)
    for frame, _ in shown:
        assert (frame == GROUND).all(axis=-1).mean() > 0.5
    colors = {tuple(color) for frame, _ in shown for color in frame.reshape(-1, 3).tolist()}
    assert len(colors) <= 256
    for wanted in COLORS:
        near = min(np.abs(np.array(color) - wanted).max() for color in colors)
        assert near <= 64, "a class is missing"


def test_the_clouds_points_are_where_their_encodings_are(tmp_path: Path) -> None:
    kept = entries(count=2)
    far = np.array([[-3.0, 0.0], [3.0, 3.0]], np.float32)
    placed = [
        replace(
            timeline_entry,
            encodings=replace(
                timeline_entry.encodings, mu=far, logvar=far * 0, labels=np.array([0, 1], np.int16)
            ),
        )
        for timeline_entry in kept
    ]
    frame = exported(placed, tmp_path / "cloud.png", SCATTER, size=216)[0][0]
    # 6.48 units across 216 pixels around the origin: x = -3 is pixel 8, y = 3 is row 8.
    blue, orange = frame[108, 8].astype(int), frame[8, 208].astype(int)
    assert blue[2] > blue[0] + 60
    assert orange[0] > orange[2] + 60
    assert (frame[108, 108] == GROUND).all()


def test_without_labels_the_cloud_has_one_colour(tmp_path: Path) -> None:
    bare = [
        replace(
            timeline_entry, encodings=replace(timeline_entry.encodings, labels=None, class_names=())
        )
        for timeline_entry in entries(count=2)
    ]
    shown = exported(bare, tmp_path / "cloud.gif", SCATTER, style(colors=COLORS[:1]))
    assert all((frame[..., 2] + 3 >= frame[..., 0]).all() for frame, _ in shown)


def test_aligned_a_turned_cloud_stays_where_it_is(tmp_path: Path) -> None:
    first, *_ = entries(count=1)
    turned = replace(first.encodings, mu=first.encodings.mu[:, ::-1] * np.float32([1, -1]))
    kept = [replace(first, encodings=turned), first]
    still = exported(kept, tmp_path / "still.gif", SCATTER, style(aligned=True))
    moving = exported(kept, tmp_path / "moving.gif", SCATTER)
    assert all(np.array_equal(frame, still[0][0]) for frame, _ in still)
    assert not np.array_equal(moving[0][0], moving[1][0])


def ink_in(frame: np.ndarray, rows: slice, columns: slice) -> int:
    return int((frame[rows, columns] == INK).all(axis=-1).sum())


def test_the_cloud_is_labelled_with_its_step_its_axes_and_its_classes(tmp_path: Path) -> None:
    kept = entries(count=3)
    plain = exported(kept, tmp_path / "plain.png", SCATTER, size=480)
    shown = exported(kept, tmp_path / "labelled.png", SCATTER, size=480, labels=LABELLED)
    corner = slice(0, 30), slice(0, 100)
    for (bare, _), (frame, _) in zip(plain, shown, strict=True):
        assert ink_in(bare, *corner) == 0 < ink_in(frame, *corner)  # step n
        assert ink_in(frame, slice(455, 480), slice(0, 480)) > ink_in(
            bare, slice(455, 480), slice(0, 480)
        )
        legend = frame[5:60, 380:].reshape(-1, 3).astype(int)
        for color in COLORS.astype(int):
            assert (np.abs(legend - color).max(axis=1) <= 16).sum() > 20
    steps = [frame[corner].tobytes() for frame, _ in shown]
    assert len(set(steps[:3])) == 3  # each says another step


@pytest.mark.parametrize("content", [MANIFOLD, DIGIT])
def test_the_step_stands_in_the_corner_of_the_digits(tmp_path: Path, content: str) -> None:
    kept = entries(count=3)
    plain = exported(kept, tmp_path / "plain.gif", content, size=280)
    shown = exported(kept, tmp_path / "labelled.gif", content, size=280, labels=LABELLED)
    corner = slice(0, 20), slice(0, 60)
    assert len({frame[corner].tobytes() for frame, _ in shown[:3]}) == 3
    for (bare, _), (frame, _) in zip(plain, shown, strict=True):
        assert (frame[corner] > 180).all(axis=-1).sum() > 15
        assert np.array_equal(frame[40:], bare[40:])


@pytest.mark.parametrize("latent_dim", [1, 3])
def test_a_cloud_without_labels_or_of_other_dimensions_is_labelled_too(
    tmp_path: Path, latent_dim: int
) -> None:
    bare = [
        replace(each, encodings=replace(each.encodings, labels=None))
        for each in entries(latent_dim, count=2)
    ]
    shown = exported(
        bare, tmp_path / "a.gif", SCATTER, style(latent_dim, colors=COLORS[:1]), labels=LABELLED
    )
    assert len(shown) >= 2


def test_of_many_moments_even_ones_are_shown_with_both_ends() -> None:
    kept = entries(count=2) * 50
    assert evenly(kept, 3)[0] is kept[0]
    assert evenly(kept, 3)[-1] is kept[-1]
    assert len(evenly(kept, 7)) == 7
    assert evenly(kept, 1000) == kept


def test_a_cancelled_export_leaves_nothing(tmp_path: Path) -> None:
    for content in (SCATTER, DIGIT):
        job = export_replay(entries(), style(), tmp_path / "replay.gif", ReplayOptions(content))
        for _ in range(4):
            next(job)
        job.close()
    assert list(tmp_path.iterdir()) == []


def test_one_moment_is_no_replay(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="train a model"):
        finish(export_replay(entries(count=1), style(), tmp_path / "a.gif", ReplayOptions()))


def test_times_that_a_gif_cannot_keep_are_refused() -> None:
    with pytest.raises(UserError, match="steps of 10 ms"):
        ReplayOptions(interval_ms=45)
