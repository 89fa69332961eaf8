"""Figures as SVG and PNG: what they show of the data, and that both formats show the same."""

import base64
import io
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from tests.tiny import tiny_config
from vae_gui.core.export import fonts
from vae_gui.core.export.axes import Axes, ticks
from vae_gui.core.export.curve_figure import curve_figure, within
from vae_gui.core.export.figure import ORANGE, Box, Dots, Figure, Line, Raster, Text
from vae_gui.core.export.figure_files import write_figure
from vae_gui.core.export.figure_png import SCALE, to_png
from vae_gui.core.export.figure_svg import to_svg
from vae_gui.core.export.figures import confusion_figure, manifold_figure, scatter_figure
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.encodings import Encodings
from vae_gui.core.vae.history import HistoryRows

SVG = "{http://www.w3.org/2000/svg}"
MODEL = tiny_config().model


def encodings(dims: int = 2, classes: int = 3) -> Encodings:
    random = np.random.default_rng(0)
    labels = (np.arange(300) % classes).astype(np.int16) if classes else None
    names = tuple(f"class {i}" for i in range(classes))
    return Encodings(random.normal(size=(300, dims)).astype(np.float32), None, labels, names)


def history(steps: int = 100) -> HistoryRows:
    step = np.arange(1, steps + 1)
    rows = np.column_stack((step, 200 + 1e4 / step, 190 + 1e4 / step, 10 + 0 * step)).astype(float)
    return HistoryRows(rows, rows[9::10])


def texts(figure: Figure) -> list[str]:
    """Of the SVG, as another program reads them."""
    return [str(text.text) for text in ElementTree.fromstring(to_svg(figure)).iter(f"{SVG}text")]


def test_ticks_are_round_numbers_within_the_range() -> None:
    assert ticks(-2.4, 2.6) == [(i, str(i).replace("-", "−")) for i in range(-2, 3)]
    assert [label for _, label in ticks(0, 11_750)] == [
        "0",
        "2 000",
        "4 000",
        "6 000",
        "8 000",
        "10 000",
    ]
    assert [label for _, label in ticks(-0.011, 0.011, 4)] == ["−0.01", "0.00", "0.01"]


@pytest.mark.parametrize("low", [-1e6, -3.3, 0.0, 1e-4, 99.9])
@pytest.mark.parametrize("reach", [1e-4, 0.37, 1.0, 20.0, 1e7])
def test_there_are_some_ticks_and_never_many(low: float, reach: float) -> None:
    values = [value for value, _ in ticks(low, low + reach)]
    assert 2 <= len(values) <= 7
    assert low - 1e-6 * reach <= min(values) and max(values) <= low + reach * (1 + 1e-6)
    assert len({label for _, label in ticks(low, low + reach)}) == len(values)


def test_z2_points_up() -> None:
    axes = Axes((0, 10), (-1, 1), 50, 20, 100, 200)
    np.testing.assert_allclose(
        axes.at(np.array([0, 10]), np.array([-1, 1])), [[50, 220], [150, 20]]
    )


def test_a_line_is_cut_where_it_leaves_what_is_shown() -> None:
    x, y = np.arange(5.0), np.array([4.0, 0.0, 0.5, 3.0, 1.0])
    first, second = within(x, y, (0.0, 2.0))
    np.testing.assert_allclose(first, [[0.5, 1, 2, 2.6], [2, 0, 0.5, 2]])
    np.testing.assert_allclose(second, [[3.5, 4], [2, 1]])


def test_every_encoding_within_reach_is_a_dot_of_the_colour_of_its_class() -> None:
    given = encodings()
    figure = scatter_figure(given, (0, 1), "Bars")
    page = ElementTree.fromstring(to_svg(figure))
    groups = list(page.iter(f"{SVG}g"))
    assert len(groups) > 3
    legend = {group.get("fill"): len(group) for group in groups[-3:]}
    drawn = dict.fromkeys(legend, 0)
    for group in groups[:-3]:
        drawn[group.get("fill")] += len(group)
    assert len(legend) == 3 and set(legend.values()) == {1}
    assert all(95 <= count <= 100 for count in drawn.values())
    assert {"Bars", "z1", "z2", "class 0", "class 1", "class 2"} <= set(texts(figure))


def test_images_without_labels_are_of_one_colour_and_have_no_legend() -> None:
    figure = scatter_figure(encodings(classes=0), (0, 1), "Bars")
    assert len({shape.color for shape in figure.shapes if isinstance(shape, Dots)}) == 1


def test_one_dimension_has_a_row_for_each_class() -> None:
    figure = scatter_figure(encodings(dims=1), (0, 0), "Line")
    heights = np.concatenate([s.points[:, 1] for s in figure.shapes[:-6] if isinstance(s, Dots)])
    assert len(np.unique(heights.round(3))) == 3
    assert "z2" not in texts(figure)


def test_encodings_that_are_no_numbers_are_left_out_or_refused() -> None:
    given = encodings()
    given.mu[:100] = np.nan
    page = ElementTree.fromstring(to_svg(scatter_figure(given, (0, 1), "Bars")))
    assert 190 <= sum(1 for _ in page.iter(f"{SVG}circle")) <= 203
    given.mu[:] = np.nan
    with pytest.raises(UserError, match="lower learning rate"):
        scatter_figure(given, (0, 1), "Bars")


def test_the_curves_have_the_four_sums_and_their_unit() -> None:
    said = texts(curve_figure(history(), MODEL, "Bars"))
    assert {"Objective", "−ELBO", "Reconstruction", "KL", "nats per image", "step"} <= set(said)


def test_an_autoencoder_has_one_curve() -> None:
    model = replace(tiny_config("autoencoder-512").model, likelihood="squared-error")
    said = texts(curve_figure(history(), model, "Bars"))
    assert "Squared error" in said and "KL" not in said and "per image" in said


def test_no_line_leaves_its_plot_and_a_run_of_one_step_has_curves() -> None:
    for rows in (history(), history(1)):
        figure = curve_figure(rows, MODEL, "Bars")
        for line in (shape for shape in figure.shapes if isinstance(shape, Line)):
            assert (line.points >= 0).all()
            assert (line.points <= [figure.width, figure.height]).all()


def test_a_test_loss_above_the_scale_is_not_bridged() -> None:
    rows = history()
    calm = HistoryRows(rows.steps, rows.steps[49::10].copy())
    wild = HistoryRows(rows.steps, calm.tests.copy())
    wild.tests[2, 1:] = 1e6

    def pieces(of: HistoryRows) -> int:
        shapes = curve_figure(of, MODEL, "Bars").shapes
        return sum(isinstance(shape, Line) and shape.color == ORANGE for shape in shapes)

    assert (pieces(calm), pieces(wild)) == (4, 8)  # of four plots


def test_a_run_without_steps_has_no_curves() -> None:
    with pytest.raises(UserError, match="no curves"):
        curve_figure(HistoryRows(np.empty((0, 4)), np.empty((0, 4))), MODEL, "Bars")


def test_the_manifold_keeps_the_pixels_and_says_where_its_columns_are() -> None:
    tiles = np.random.default_rng(0).integers(0, 256, (3, 4, 8, 8)).astype(np.uint8)
    figure = manifold_figure(tiles, ([-1, 0, 1, 2.25], [2, 1, 0]), ("z1", "z3"), "Bars")
    (image,) = ElementTree.fromstring(to_svg(figure)).iter(f"{SVG}image")
    content = image.get("{http://www.w3.org/1999/xlink}href", "").removeprefix(
        "data:image/png;base64,"
    )
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(content))))
    np.testing.assert_array_equal(pixels[8:16, :8], tiles[1, 0])
    assert {"−1.00", "2.25", "z1", "z3"} <= set(texts(figure))


def test_a_cell_is_as_dark_as_its_share_of_the_row() -> None:
    counts = np.array([[8, 2], [0, 0]])
    figure = confusion_figure(counts, ("up", "<level>"), "Bars")
    cells = [shape.opacity for shape in figure.shapes if isinstance(shape, Box)]
    assert cells[:2] == [0.8, 0.2] and max(cells[2:]) < 0.1
    assert {"8", "2", "up", "<level>"} <= set(texts(figure))


def test_names_that_are_long_stand_upright_over_their_columns() -> None:
    figure = confusion_figure(np.eye(2, dtype=int), ("short", "a very long name"), "Bars")
    turned = [shape.text for shape in figure.shapes if isinstance(shape, Text) and shape.turned]
    assert turned == ["true class", "short", "a very long…"]


def test_where_there_is_no_common_font_letters_beyond_latin_are_written_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fonts, "COMMON", ())
    assert fonts.written("−ELBO of μ, 雪", fonts.label_font(12)) == "-ELBO of mu, ?"


def test_a_name_of_any_characters_leaves_a_file_that_can_be_read() -> None:
    figure = Figure("a & b\x00", 50, 50, [Text(5, 20, "\x1b<&>\ud800é")])
    (text,) = texts(figure)
    assert text.strip() == "<&> é"


def test_both_formats_draw_the_same_shapes_in_the_same_places() -> None:
    shapes = [
        Box(10, 10, 30, 20, "#ff0000"),
        Raster(np.array([[0, 255], [255, 0]], np.uint8), 60, 10, 20, 20),
        Line(np.array([[10, 60], [90, 60]]), "#0000ff", 2),
        Dots(np.array([[50, 80]]), "#00ff00", 5),
        Text(80, 95, "up", turned=True),
    ]
    pixels = np.asarray(Image.open(io.BytesIO(to_png(Figure("All", 100, 100, shapes)))))
    assert pixels.shape == (100 * SCALE, 100 * SCALE, 3)

    def at(x: float, y: float) -> list[int]:
        return pixels[int(y * SCALE), int(x * SCALE)].tolist()

    assert at(25, 20) == [255, 0, 0] and at(25, 35) == [255, 255, 255]
    assert at(65, 15) == [0, 0, 0] and at(75, 15) == [255, 255, 255]
    assert at(50, 60) == [0, 0, 255] and at(50, 80) == [0, 255, 0]
    column = (pixels[80 * SCALE :, 70 * SCALE : 82 * SCALE] < 200).any(axis=2)
    assert column.sum(axis=1).astype(bool).sum() > column.sum(axis=0).astype(bool).sum()


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_figure_is_written_whole_or_not_at_all(tmp_path: Path, suffix: str) -> None:
    figure = scatter_figure(encodings(), (0, 1), "Bars")
    job = write_figure(figure, tmp_path / f"figure{suffix}")
    next(job)
    job.close()
    assert list(tmp_path.iterdir()) == []
    assert finish(write_figure(figure, tmp_path / f"figure{suffix}")).stat().st_size > 1000
