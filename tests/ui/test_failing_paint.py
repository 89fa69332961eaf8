"""A mark that cannot be painted costs itself alone: the fault is told once, and the window lives on."""

import ast
import importlib
import inspect
import pkgutil
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import TracebackType

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QRect, QTimer
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

import vae_gui.ui
from tests.conftest import REPOSITORY
from tests.screen import pixels
from vae_gui.core.analysis.coverage import Coverage, CoverageLevel
from vae_gui.core.analysis.density import Mixture
from vae_gui.core.latent.grid import LatentGrid
from vae_gui.core.pictures.layers import LayerCaption
from vae_gui.ui.panels.draw.canvas import Canvas
from vae_gui.ui.panels.draw.tile import Tile
from vae_gui.ui.panels.explore.coverage_bar import CoverageBar
from vae_gui.ui.panels.explore.painted_digit import PaintedDigit
from vae_gui.ui.panels.explore.plane import PlaneView
from vae_gui.ui.panels.explore.track import FilmTrack
from vae_gui.ui.panels.manifold.view import ManifoldView
from vae_gui.ui.panels.probe.accuracy_bars import AccuracyBars, Bar
from vae_gui.ui.panels.probe.confusion_view import ConfusionView
from vae_gui.ui.parts.band_legend import BandLegend
from vae_gui.ui.parts.path_strip import PathStrip
from vae_gui.ui.plane import overlays
from vae_gui.ui.plane.caption import PadCaption
from vae_gui.ui.plane.marks import Marks
from vae_gui.ui.plane.overlays import OVERLAYS, Stage
from vae_gui.ui.plane.view import PadView
from vae_gui.ui.style import painting
from vae_gui.ui.style.icons import icon
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.widgets.change_mark import ChangeMark
from vae_gui.ui.widgets.digit_view import DigitView
from vae_gui.ui.widgets.image_grid import ImageGrid
from vae_gui.ui.widgets.labelled_grid import LabelledGrid
from vae_gui.ui.widgets.legend import Legend
from vae_gui.ui.widgets.popup import Popup
from vae_gui.ui.window.banner import Banner, MessageKind
from vae_gui.ui.window.errors import Report
from vae_gui.ui.window.exception_hook import ExceptionHook
from vae_gui.ui.window.scrubber import RunCurve, Scrubber
from vae_gui.ui.window.tour import Frame

IMAGES = np.full((4, 8, 8), 200, np.uint8)


@pytest.fixture
def faults(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> list[BaseException]:
    """What reaches the interpreter's hook."""
    seen: list[BaseException] = []

    def take(kind: type, error: BaseException, trace: TracebackType | None) -> None:
        seen.append(error)

    monkeypatch.setattr(sys, "excepthook", take)
    apply_theme(qapp, DARK)
    return seen


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[list[Report]]:
    """What the app's own hook says."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    hook, reports = ExceptionHook(), []
    hook.caught.connect(reports.append)
    hook.install()
    apply_theme(qapp, DARK)
    yield reports
    del hook


def labelled_rows() -> QWidget:
    rows = LabelledGrid("Rows")
    rows.show_rows(IMAGES, columns=2, names=("one", "two"))
    return rows


def manifold() -> QWidget:
    view = ManifoldView()
    view.set_latent_grid(LatentGrid((0.0, 1.0), (0.0, 1.0)), IMAGES, ("z1", "z2"))
    return view


def plane() -> QWidget:
    view = PlaneView("Plane")
    view.set_axes(("z1", "z2"), np.arange(2.0), np.arange(2.0))
    view.set_images(IMAGES)
    return view


def strip() -> QWidget:
    strip = PathStrip("Path")
    strip.set_images(IMAGES)
    strip.set_band((CoverageLevel.OFF,) * 4, ("off",) * 4)
    return strip


def painted() -> QWidget:
    digit = PaintedDigit("Digit", "Nothing")
    digit.set_image(IMAGES[0])
    digit.set_paints(True)
    digit.marks = np.eye(8, dtype=np.int8)
    return digit


def grid() -> QWidget:
    grid = ImageGrid("Grid")
    grid.set_images(IMAGES)
    return grid


def legend() -> QWidget:
    legend = Legend()
    legend.set_classes(["0"])
    return legend


def bars() -> QWidget:
    bars = AccuracyBars()
    bars.set_bars((Bar("z", 0.5),), 0.1)
    return bars


def confusion() -> QWidget:
    view = ConfusionView("z")
    view.set_counts(np.eye(2, dtype=np.int64), ("0", "1"))
    return view


def coverage_bar() -> QWidget:
    bar = CoverageBar()
    mixture = Mixture(np.zeros((1, 2), np.float32), np.ones((1, 2), np.float32), False)
    bar.show_value(Coverage(mixture, -6.0, -4.0, 1), -5.0)
    return bar


def caption() -> QWidget:
    host = QWidget()
    PadCaption(host).set_caption(LayerCaption("log p", "low", "high", ((0, 0, 0), (9, 9, 9))))
    return host


def banner() -> QWidget:
    banner = Banner()
    banner.show_message(MessageKind.INFO, "Done.")
    return banner


def popup() -> QWidget:
    host = QWidget()
    Popup(QLabel("content"), host).show()
    return host


def frame() -> QWidget:
    host = QWidget()
    Frame(host).show()
    return host


def scrubber() -> QWidget:
    scrubber = Scrubber()
    scrubber.set_curve(RunCurve("−ELBO", np.eye(2), np.eye(2)))
    scrubber.set_moments(np.arange(2.0))
    return scrubber


def change_mark() -> ChangeMark:
    mark = ChangeMark()
    mark.say("The lesson set this; it was 1. Click to put it back.")
    return mark


BUILDERS: dict[str, Callable[[], QWidget]] = {
    "Canvas": lambda: Canvas("Canvas", "Draw here"),
    "Tile": lambda: Tile("Tile", "x"),
    "ManifoldView": manifold,
    "AccuracyBars": bars,
    "ConfusionView": confusion,
    "PlaneView": plane,
    "FilmTrack": FilmTrack,
    "PathStrip": strip,
    "BandLegend": BandLegend,
    "CoverageBar": coverage_bar,
    "PadCaption": caption,
    "PadPicture": PadView,
    "_Chip": legend,
    "ImageGrid": grid,
    "_Body": labelled_rows,
    "Popup": popup,
    "DigitView": lambda: DigitView("Digit", "Nothing"),
    "PaintedDigit": painted,
    "Banner": banner,
    "Scrubber": scrubber,
    "Frame": frame,
    "ChangeMark": change_mark,
}


def painting_classes() -> set[str]:
    """All widgets of the app that paint themselves."""
    modules = pkgutil.walk_packages(vae_gui.ui.__path__, "vae_gui.ui.")
    return {
        name
        for module in modules
        for name, kind in vars(importlib.import_module(module.name)).items()
        if inspect.isclass(kind) and "paintEvent" in vars(kind) and "vae_gui" in kind.__module__
    }


def test_every_widget_that_paints_itself_is_tried_here() -> None:
    assert painting_classes() == set(BUILDERS)


class Failing(QPainter):
    """Draws nothing: whatever a paint event asks for first, it raises."""

    used: "list[Failing]"

    def __init__(self, device: object) -> None:
        super().__init__(device)
        self.used.append(self)

    def fail(self, *args: object) -> None:
        raise ZeroDivisionError("a bad mark")

    setPen = setFont = fillRect = drawPixmap = setRenderHint = setClipRegion = setBrush = fail  # noqa: N815
    drawText = drawImage = drawRoundedRect = fail  # noqa: N815


@pytest.mark.parametrize("name", BUILDERS)
def test_a_paint_event_that_raises_ends_its_painter_and_the_next_one_paints(
    qtbot, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException], name: str
) -> None:
    host = BUILDERS[name]()
    qtbot.addWidget(host)
    host.resize(200, 150)
    host.show()
    widget = host.findChild(Popup) or host
    whole = pixels(widget)
    assert not faults
    used: list[Failing] = []
    monkeypatch.setattr(Failing, "used", used, raising=False)
    with monkeypatch.context() as patch:
        patch.setattr(painting, "QPainter", Failing)
        pixels(widget)
    assert used and not any(painter.isActive() for painter in used)
    assert faults and {type(error) for error in faults} == {ZeroDivisionError}
    np.testing.assert_array_equal(pixels(widget), whole)


def test_an_icon_that_cannot_be_drawn_leaves_its_button_usable(
    qtbot, monkeypatch: pytest.MonkeyPatch, faults: list[BaseException]
) -> None:
    monkeypatch.setattr("vae_gui.ui.style.icons.QSvgRenderer", None)
    button = QPushButton(icon("close", "danger"), "Close")
    qtbot.addWidget(button)
    pixels(button)
    pixmap = QPixmap(16, 16)
    with painting.painting(pixmap) as painter:
        icon("open").paint(painter, QRect(0, 0, 16, 16), mode=QIcon.Mode.Normal)
    assert faults and all(isinstance(error, TypeError) for error in faults)


@pytest.fixture
def pad(qtbot, qapp: QApplication) -> PadView:
    apply_theme(qapp, DARK)
    view = PadView()
    qtbot.addWidget(view)
    view.resize(400, 300)
    view.show()
    view.set_marks(Marks(markers=(("A", (-1.0, 0.0)),), path=((-1.0, 0.0), (1.0, 1.0))))
    return view


@pytest.mark.parametrize("stage", Stage)
def test_an_overlay_that_fails_is_told_once_and_the_others_are_painted(
    monkeypatch: pytest.MonkeyPatch, pad: PadView, told: list[Report], stage: Stage
) -> None:
    painted: list[str] = []

    def fail(painter: QPainter, scene: object) -> None:
        with painting.saved(painter):
            raise ZeroDivisionError("a bad mark")

    def above(painter: QPainter, scene: object) -> None:
        painted.append("above")

    for paint in (fail, above):
        name = f"{paint.__name__}-{stage.name}"
        entry = replace(OVERLAYS["path"], name=name, stage=stage, paint=paint)
        monkeypatch.setitem(overlays.OVERLAYS, name, entry)
    for _ in range(3):
        pad.set_ellipses(pad._ellipses)  # all three stages are painted again
        pixels(pad)
    assert painted == ["above"] * 3
    assert len(told) == 1 and "a bad mark" in told[0].details


def test_items_of_the_plot_that_fail_leave_the_marks_on_the_pad(
    qtbot, monkeypatch: pytest.MonkeyPatch, pad: PadView, faults: list[BaseException]
) -> None:
    def fail(*args: object) -> None:
        raise ZeroDivisionError("a bad plot")

    monkeypatch.setattr(pad, "render", fail)
    monkeypatch.setattr("vae_gui.ui.plane.picture.draw_moving_marks", fail)
    pad.set_ellipses(pad._ellipses)
    pixels(pad)
    assert faults and {str(error) for error in faults} == {"a bad plot"}


@pytest.mark.parametrize("far", [1e300, -1e300, float("inf"), float("nan")])
def test_a_point_out_of_all_reach_is_painted_without_harm(
    qtbot, pad: PadView, faults: list[BaseException], far: float
) -> None:
    point = (far, far)
    pad.set_marks(
        Marks(
            cursor=point,
            hover=point,
            markers=(("A", point), ("B", (1.0, 1.0))),
            path=((0.0, 0.0), point),
            keyframes=(point,),
            labels=(("zero", point),),
            tile=IMAGES[0],
        )
    )
    pixels(pad)
    pad.set_marks(replace(pad.marks, cursor=(0.0, 0.0), hover=None))
    pad.set_tile(IMAGES[1])
    pixels(pad)
    assert not faults


class Filter(QObject):
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.User:
            raise ZeroDivisionError("in a filter")
        return False


def test_faults_in_slots_threads_and_filters_are_told_and_the_app_goes_on(
    qtbot, told: list[Report]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("in a slot")

    def fail_in_thread() -> None:
        raise ZeroDivisionError("in a thread")

    button, filter_ = QPushButton("Press"), Filter()
    qtbot.addWidget(button)
    button.clicked.connect(fail)
    button.installEventFilter(filter_)
    button.click()
    QApplication.postEvent(button, QEvent(QEvent.Type.User))
    thread = threading.Thread(target=fail_in_thread)
    thread.start()
    thread.join()
    QTimer.singleShot(0, lambda: missing_in_timer())  # noqa: F821
    qtbot.waitUntil(lambda: len(told) == 4)
    said = "".join(report.details for report in told)
    for place in ("in a slot", "in a thread", "in a filter", "missing_in_timer"):
        assert place in said
    button.click()
    assert len(told) == 4


def test_no_painter_is_made_but_where_it_is_ended() -> None:
    called = [
        (path.relative_to(REPOSITORY).as_posix(), ast.unparse(node.func))
        for path in (REPOSITORY / "vae_gui").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    for call in ("QPainter", "painter.save", "painter.restore", "painter.end"):
        assert {path for path, name in called if name == call} == {"vae_gui/ui/style/painting.py"}
