"""Replay: the timeline of a run from its first entry to its last, as an animation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.export.options import ONE_WAY, AnimationOptions
from vae_gui.core.export.replay_labels import PlaneLabels, with_steps
from vae_gui.core.export.writers import export_animation
from vae_gui.core.latent.alignment import Alignment, align
from vae_gui.core.latent.grid import LatentGrid, ManifoldChoice, even_grid, montage
from vae_gui.core.pictures.histogram import draw_stack, stack
from vae_gui.core.pictures.scatter import View, rasterise
from vae_gui.core.state.latent import LatentState
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.imports import import_lock
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.settings import Setting, validate
from vae_gui.core.vae.timeline import TimelineEntry

Pixels = NDArray[np.uint8]

SCATTER, MANIFOLD, DIGIT = "scatter", "manifold", "digit"
LABELLED, PLAIN = "step, axes and classes", "none"
_HOLD_MS = 1000  # for which the last entry stays
_MIN_REACH = 3.0  # of the scatter's picture from the origin, in σ of the prior
_PADDING = 0.04
_STACK_SHARE = 0.8  # of the height, in one dimension
_CELLS = 32  # of a colour cube's edge, in which the nearest colour of the palette is looked up


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """The settings of a replay, which loops for ever and rests at its end for a second."""

    content: Annotated[
        str,
        Setting(
            "Show",
            "The encodings on the pad, the plane as digits, or the digit under the cursor.",
            choices=(SCATTER, MANIFOLD, DIGIT),
        ),
    ] = SCATTER
    entries: Annotated[
        int, Setting("Moments", "At most; of more, some are left out evenly.", 2, 1000)
    ] = 120
    size: Annotated[int, Setting("Size", "Height and width.", 28, 1024, "pixels")] = 480
    rows: Annotated[int, Setting("Rows", "Of the manifold's digits.", 5, 40)] = 12
    interval_ms: Annotated[
        int, Setting("Time per moment", "In steps of 10 ms.", 20, 1000, "ms")
    ] = 80
    labels: Annotated[
        str,
        Setting(
            "Labels",
            "The step on every frame; on the scatter its axes and the colours of the classes too.",
            choices=(LABELLED, PLAIN),
        ),
    ] = LABELLED

    def __post_init__(self) -> None:
        validate(self)
        self.animation()

    def animation(self) -> AnimationOptions:
        return AnimationOptions(
            frames=self.entries,
            size=self.size,
            interval_ms=self.interval_ms,
            direction=ONE_WAY,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ReplayStyle:
    """The style of a replay: everything that stays the same while it plays.

    latent: the cursor and the axes. colors: (classes, 3) uint8, one without labels. ground, ink: (3,) uint8.
    aligned: whether each entry is turned onto the last one.
    """

    latent: LatentState
    colors: Pixels
    ground: Pixels
    ink: Pixels
    aligned: bool = False


def export_replay(
    entries: Sequence[TimelineEntry], style: ReplayStyle, path: Path, options: ReplayOptions
) -> Job[Path]:
    """Write a .gif, .png or .webp of the entries of one run, in their order."""
    if len(entries) < 2:
        raise UserError("There is no replay yet: train a model, then export its timeline.")
    chosen = evenly(entries, options.entries)
    if options.content == SCATTER:
        return (yield from _export_scatter(chosen, style, path, options))
    frames = _decoded(chosen, *_points(chosen, style, options))
    if options.labels == LABELLED:
        frames = with_steps(frames, (moment.step for moment in chosen), options.size)
    return (yield from export_animation(_held(frames, options), path, options.animation()))


def evenly(entries: Sequence[TimelineEntry], count: int) -> list[TimelineEntry]:
    """Return at most `count` of the entries, evenly spaced in their order, both ends included."""
    last = len(entries) - 1
    indices = np.linspace(0, last, min(count, len(entries))).round().astype(int)
    return [entries[index] for index in indices]


def _held(frames: Iterator[Pixels], options: ReplayOptions) -> Iterator[Pixels]:
    """The last frame again for as long as the end stays."""
    frame = next(frames)
    yield frame
    for frame in frames:
        yield frame
    for _ in range(_HOLD_MS // options.interval_ms):
        yield frame


def _points(
    entries: list[TimelineEntry], style: ReplayStyle, options: ReplayOptions
) -> tuple[list[NDArray[np.float32]], int]:
    """z of each entry, and how many are in a row: the cursor alone, or the plane from the top down."""
    latent = style.latent
    if options.content == DIGIT:
        return [np.array([latent.cursor], np.float32)] * len(entries), 1
    latent_grid = _latent_grid(entries, style, options.rows)
    z = latent_grid.points(latent.cursor, latent.axes)
    turns = _alignments(entries, style)
    return [turn.to_latent(z).astype(np.float32) for turn in turns], len(latent_grid.x)


def _latent_grid(entries: list[TimelineEntry], style: ReplayStyle, rows: int) -> LatentGrid:
    """Return the points of the plane: equally likely under the prior, or even over the codes where there is none."""
    dims = len(style.latent.cursor)
    if entries[-1].encodings.logvar is not None:
        return ManifoldChoice(rows=rows).latent_grid(dims)
    view = _view(_shown_means(entries, style), rows, flat=dims == 1)
    extent = (view.x0, view.x1, view.y0, view.y1)
    return even_grid(extent, rows, 1 if dims == 1 else rows)


def _decoded(
    entries: list[TimelineEntry], points: list[NDArray[np.float32]], columns: int
) -> Iterator[Pixels]:
    """Yield square pictures of the digits at `points`, each decoded by its own entry."""
    with import_lock():
        from vae_gui.core.inference.engine import Engine

    engine = Engine(entries[0].snapshot)
    for timeline_entry, z in zip(entries, points, strict=True):
        engine.adopt(timeline_entry.snapshot)
        yield _pad_to_square(montage(engine.decode(z), columns))


def _pad_to_square(picture: Pixels) -> Pixels:
    """Return the picture in the middle of a black square."""
    height, width = picture.shape
    side = max(height, width)
    square = np.zeros((side, side), np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = picture
    return square


def _export_scatter(
    entries: list[TimelineEntry], style: ReplayStyle, path: Path, options: ReplayOptions
) -> Job[Path]:
    """Write the scatter in colours: all frames share one palette, made from the first, the middle and the last."""
    means = _shown_means(entries, style)
    view = _view(means, options.size, flat=means[0].shape[1] == 1)
    yield Progress(0, len(entries), "Choosing colours")
    labels = _labels(entries[-1], style, view) if options.labels == LABELLED else None

    def picture_of(moment: TimelineEntry, mu: NDArray[np.float64]) -> Pixels:
        picture = _scatter(moment, mu, style, view)
        return picture if labels is None else labels.draw(picture, moment.step)

    samples = [picture_of(entries[i], means[i]) for i in (0, len(entries) // 2, -1)]
    palette = _palette(samples, style.ground)
    nearest = _nearest_table(palette)

    def frames() -> Iterator[Pixels]:
        for timeline_entry, mu in zip(entries, means, strict=True):
            picture = picture_of(timeline_entry, mu)
            cells = (picture // (256 // _CELLS)).astype(np.intp)
            indices = nearest[cells[..., 0], cells[..., 1], cells[..., 2]]
            indices[(picture == style.ground).all(axis=-1)] = 0
            yield indices

    return (
        yield from export_animation(_held(frames(), options), path, options.animation(), palette)
    )


def _labels(last: TimelineEntry, style: ReplayStyle, view: View) -> PlaneLabels:
    dims, (x, y) = len(style.latent.cursor), style.latent.axes
    axes = f"z{x + 1}", f"z{y + 1}" if dims > 1 else ""
    labelled = last.encodings.labels is not None
    names = last.encodings.class_names if labelled else ()
    red, green, blue = style.ink.tolist()
    return PlaneLabels(view, axes, names, style.colors, (red, green, blue))


def _alignments(entries: list[TimelineEntry], style: ReplayStyle) -> list[Alignment]:
    """Return the alignment that turns each entry onto the last one, where it was encoded from the same images."""
    reference = entries[-1].encodings.mu
    still = Alignment.none(reference.shape[1])
    return [
        align(timeline_entry.encodings.mu, reference)
        if style.aligned and timeline_entry.encodings.mu.shape == reference.shape
        else still
        for timeline_entry in entries
    ]


def _shown_means(entries: list[TimelineEntry], style: ReplayStyle) -> list[NDArray[np.float64]]:
    """μ of each entry as it is shown, on the plane of the axes: (n, 2), or (n, 1) in one dimension."""
    axes = sorted(set(style.latent.axes)) if len(style.latent.cursor) == 1 else style.latent.axes
    turns = _alignments(entries, style)
    return [
        turn.to_display(timeline_entry.encodings.mu)[:, list(axes)]
        for timeline_entry, turn in zip(entries, turns, strict=True)
    ]


def _view(means: list[NDArray[np.float64]], size: int, flat: bool) -> View:
    """A square that shows the encodings of all entries, and the prior's middle."""
    low = np.minimum(-_MIN_REACH, np.min([np.quantile(mu, 0.002, axis=0) for mu in means], axis=0))
    high = np.maximum(_MIN_REACH, np.max([np.quantile(mu, 0.998, axis=0) for mu in means], axis=0))
    middle, reach = (low + high) / 2, (0.5 + _PADDING) * float((high - low).max())
    x0, x1 = float(middle[0] - reach), float(middle[0] + reach)
    if flat:
        return View(x0, x1, -0.1 * (x1 - x0), 0.9 * (x1 - x0), size, size)
    return View(x0, x1, float(middle[1] - reach), float(middle[1] + reach), size, size)


def _scatter(
    timeline_entry: TimelineEntry, mu: NDArray[np.float64], style: ReplayStyle, view: View
) -> Pixels:
    """RGB (size, size, 3) on the background."""
    labels, classes = timeline_entry.encodings.labels, len(style.colors)
    if mu.shape[1] == 1:
        flat = mu[:, 0].astype(np.float32)
        bands = stack(flat, labels, tuple(range(classes)))
        rgba = draw_stack(bands, style.colors, view, _STACK_SHARE * view.y1)
    else:
        codes = np.zeros(len(mu), np.intp) if labels is None else labels
        radius = max(1, round(3 * view.width / 512))
        rgba = rasterise(mu, style.colors[codes].astype(np.float32), view, radius)
    share = rgba[..., 3:] / np.float32(255)
    blended = style.ground + share * (rgba[..., :3] - style.ground.astype(np.float32))
    return np.asarray(blended.round(), np.uint8)


def _palette(samples: list[Pixels], ground: Pixels) -> Pixels:
    """Return a palette (at most 256, 3): the ground, and the colours that suit the samples best."""
    with import_lock():
        from PIL import Image

    pixels = np.concatenate([sample.reshape(-1, 3) for sample in samples])
    colored = pixels[(pixels != ground).any(axis=1)]
    if not len(colored):
        return ground[np.newaxis]
    image = Image.fromarray(colored[np.newaxis]).quantize(255, dither=Image.Dither.NONE)
    colors = np.array(image.getpalette(), np.uint8).reshape(-1, 3)[:255]
    return np.concatenate([ground[np.newaxis], colors])


def _nearest_table(palette: Pixels) -> Pixels:
    """The index of the nearest colour for each cell of the colour cube, (32, 32, 32)."""
    middles = (np.arange(_CELLS, dtype=np.float32) + 0.5) * (256 / _CELLS)
    cells = np.stack(np.meshgrid(middles, middles, middles, indexing="ij"), axis=-1).reshape(-1, 3)
    colors = palette.astype(np.float32)
    distances = np.square(colors).sum(axis=1) - 2 * cells @ colors.T  # (cells, colours)
    nearest = np.asarray(distances.argmin(axis=1), np.uint8)
    return nearest.reshape(_CELLS, _CELLS, _CELLS)
