"""The timeline: by mouse and keys, what it decodes, the turned pad, and the export of the replay."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from tests.spaces import decoded, made_up_encodings, random_snapshot, show_space
from tests.ui.conftest import PanelOf
from vae_gui.core.export.replay import DIGIT, MANIFOLD, SCATTER
from vae_gui.core.latent.alignment import Alignment
from vae_gui.core.state.ui_state import UIState
from vae_gui.core.storage import workspace as files
from vae_gui.core.vae.snapshot import Snapshot
from vae_gui.core.vae.timeline import MIN_CAPACITY, Timeline, TimelineEntry
from vae_gui.runtime.context import Context
from vae_gui.runtime.request import Cancelled
from vae_gui.runtime.training import Phase
from vae_gui.ui.panels.pad.panel import PadPanel
from vae_gui.ui.window.file_actions import FileActions
from vae_gui.ui.window.replay_form import ReplayForm
from vae_gui.ui.window.timeline_bar import TimelineBar

STEPS = (0, 1, 2, 4, 8)
TURN = 70.0  # degrees from each moment to the next


def turned(degrees: float, latent_dim: int = 2) -> np.ndarray:
    matrix = np.eye(latent_dim)
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    matrix[:2, :2] = [[c, s], [-s, c]]
    return matrix


def show_run(context: Context, latent_dim: int = 2, **space: object) -> list[Snapshot]:
    """A model with a timeline; every moment's encodings are turned against the last one's."""
    newest = show_space(context, latent_dim, **space)
    entry = context.library.shown
    last = made_up_encodings(latent_dim, 3, point=False)
    snapshots = [
        replace(random_snapshot(newest.model, seed=step, step=step), run_id=newest.run_id)
        for step in STEPS
    ]
    entries = []
    for index, snapshot in enumerate(snapshots):
        matrix = turned(TURN * (len(STEPS) - 1 - index), latent_dim)
        mu = (last.mu @ matrix).astype(np.float32)
        entries.append(TimelineEntry(snapshot, replace(last, mu=mu)))
    context.library.replace(replace(entry, timeline=Timeline(MIN_CAPACITY, tuple(entries))))
    return snapshots


@pytest.fixture
def bar(qtbot, context: Context) -> TimelineBar:
    bar = TimelineBar(context)
    qtbot.addWidget(bar)
    bar.resize(900, 40)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


@pytest.fixture
def pad(panel_of: PanelOf) -> PadPanel:
    return panel_of(PadPanel, 600, 600)


def step_shown(context: Context) -> int:
    snapshot = context.explorer.weights.snapshot
    assert snapshot is not None
    return snapshot.step


def test_without_moments_there_is_nothing_to_slide(context: Context, bar: TimelineBar) -> None:
    assert not bar.slider.isEnabled()
    show_space(context)
    assert not bar.slider.isEnabled() and not bar.replay_button.isEnabled()


def test_the_slider_decodes_with_the_decoder_of_that_moment(
    qtbot, context: Context, bar: TimelineBar, pad: PadPanel
) -> None:
    snapshots = show_run(context)
    bar.slider.setValue(1)
    assert step_shown(context) == 1
    expected = decoded(snapshots[1], context.explorer.latent.cursor)[0]
    qtbot.waitUntil(lambda: np.array_equal(pad.view.marks.tile, expected))
    assert bar.step_label.text() == "step 1"
    assert not bar.live_button.isChecked()


def test_keys_move_by_a_moment_to_both_ends_and_back_to_live(
    qtbot, context: Context, bar: TimelineBar
) -> None:
    show_run(context)
    bar.slider.setFocus()
    for key, step in (
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Right, 1),
        (Qt.Key.Key_Right, 2),
        (Qt.Key.Key_Left, 1),
        (Qt.Key.Key_End, 8),
    ):
        qtbot.keyClick(bar.slider, key)
        assert step_shown(context) == step
    qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    qtbot.keyClick(bar.slider, Qt.Key.Key_L)
    assert context.explorer.weights.entry is None
    assert bar.live_button.isChecked()


def test_the_sliders_keys_win_over_shortcuts_of_the_window(
    qtbot, context: Context, bar: TimelineBar
) -> None:
    from PySide6.QtGui import QKeySequence, QShortcut

    show_run(context)
    taken: list[str] = []
    for key in ("L", "Space", "Home"):
        shortcut = QShortcut(QKeySequence(key), bar)
        shortcut.activated.connect(lambda key=key: taken.append(key))
    bar.slider.setFocus()
    bar.slider.setValue(2)
    qtbot.keyClick(bar.slider, Qt.Key.Key_Home)
    qtbot.keyClick(bar.slider, Qt.Key.Key_L)
    assert taken == []
    assert context.explorer.weights.entry is None


def test_space_replays_from_the_first_moment_to_live(
    qtbot, context: Context, bar: TimelineBar, monkeypatch: pytest.MonkeyPatch
) -> None:
    show_run(context)
    bar._replay.setInterval(1)
    seen: list[int] = []
    context.explorer.weights.entry_changed.connect(lambda: seen.append(step_shown(context)))
    bar.slider.setFocus()
    qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: len(seen) > len(STEPS))
    assert seen[: len(STEPS)] == list(STEPS)
    assert context.explorer.weights.entry is None


def test_space_stops_a_replay(qtbot, context: Context, bar: TimelineBar) -> None:
    show_run(context)
    bar._replay.setInterval(60_000)
    bar.slider.setFocus()
    qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    assert bar._replay.isActive()
    qtbot.keyClick(bar.slider, Qt.Key.Key_Space)
    assert not bar._replay.isActive()
    assert step_shown(context) == 0


def test_going_on_from_a_moment_waits_until_no_model_trains(
    context: Context, bar: TimelineBar
) -> None:
    show_run(context)
    assert not bar.branch_action.isEnabled()
    bar.slider.setValue(1)
    assert bar.branch_action.isEnabled()
    context.training._set_phase(Phase.RUNNING)
    assert not bar.branch_action.isEnabled()
    assert "Stop the run" in bar.branch_action.toolTip()
    context.training._set_phase(Phase.IDLE)
    assert bar.branch_action.isEnabled()


def test_the_align_button_turns_the_display_and_only_that(
    context: Context, bar: TimelineBar, pad: PadPanel
) -> None:
    show_run(context)
    explorer = context.explorer
    last = explorer.scatter.encodings
    bar.slider.setValue(1)
    latent = explorer.latent
    before = pad.view.marks
    bar.align_button.click()
    assert explorer.latent == latent
    np.testing.assert_allclose(pad._scatter.points, last.mu, atol=1e-4)
    back = Alignment(turned(-3 * TURN))
    shown = back.to_display(np.array([latent.a, latent.b]))
    np.testing.assert_allclose([point for _, point in pad.view.marks.markers], shown, atol=1e-4)
    bar.align_button.click()
    assert pad.view.marks.markers == before.markers
    np.testing.assert_allclose(pad._scatter.points, explorer.scatter.encodings.mu)


@pytest.mark.parametrize("latent_dim", [2, 3])
def test_the_digit_under_a_turned_point_is_decode_of_the_raw_z(
    qtbot, context: Context, bar: TimelineBar, pad: PadPanel, latent_dim: int
) -> None:
    snapshots = show_run(context, latent_dim)
    explorer = context.explorer
    bar.slider.setValue(2)
    bar.align_button.click()
    index = 7
    raw = explorer.scatter.encodings.mu[index]
    explorer.move_cursor(tuple(raw.astype(float).tolist()))
    x, y = pad._scatter.points[index]
    assert pad.view.marks.cursor == pytest.approx((x, y), abs=1e-4)
    explorer.move_cursor((0.0,) * latent_dim)
    pad.view.dragged.emit(float(x), float(y), 1)
    if latent_dim == 2:
        np.testing.assert_allclose(explorer.latent.cursor, raw, atol=1e-4)
    assert pad.view.marks.cursor == pytest.approx((x, y), abs=1e-4)
    expected = decoded(snapshots[2], explorer.latent.cursor)[0]
    qtbot.waitUntil(lambda: np.array_equal(pad.view.marks.tile, expected))


def test_turned_ellipses_keep_their_full_covariance(
    context: Context, bar: TimelineBar, pad: PadPanel
) -> None:
    show_run(context)
    entries = bar.timeline.entries
    wide = replace(
        entries[3].encodings,
        logvar=np.tile(np.log(np.float32([0.09, 0.01])), (len(entries[3].encodings), 1)),
    )
    kept = (*entries[:3], replace(entries[3], encodings=wide), entries[4])
    entry = context.library.shown
    context.library.replace(replace(entry, timeline=replace(entry.timeline, entries=kept)))
    pad.set_layers(pad.layers.with_overlays({"posterior_ellipses": True}))
    bar.slider.setValue(3)
    assert pad.view._ellipses.shapes[0, 2:].tolist() == pytest.approx([0.3, 0.1, 0.0])
    bar.align_button.click()
    _, _, a, b, turn = pad.view._ellipses.shapes[0]
    axes = np.array(
        [
            [math.cos(turn), math.sin(turn)],
            [-math.sin(turn), math.cos(turn)],
        ]
    )
    covariance = axes.T @ np.diag([a * a, b * b]) @ axes
    back = turned(-TURN)
    np.testing.assert_allclose(covariance, back.T @ np.diag([0.09, 0.01]) @ back, atol=1e-5)


def test_live_is_not_turned_and_one_dimension_cannot_be(
    context: Context, bar: TimelineBar, pad: PadPanel
) -> None:
    show_run(context)
    bar.align_button.click()
    assert context.explorer.weights.alignment is None
    assert "last moment" not in pad.view.getPlotItem().getAxis("bottom").labelText
    bar.slider.setValue(0)
    assert "last moment" in pad.view.getPlotItem().getAxis("bottom").labelText
    show_space(context, 1)
    bar._show()
    assert not bar.align_button.isEnabled()


@pytest.fixture
def actions(qtbot, context: Context) -> FileActions:
    window = QWidget()
    qtbot.addWidget(window)
    return FileActions(window, context, lambda: UIState({"probe": False}))


@pytest.mark.parametrize("keep", [True, False])
def test_a_model_is_saved_with_its_timeline_or_without(
    qtbot, context: Context, actions: FileActions, saves_to, tmp_path: Path, keep: bool
) -> None:
    show_run(context)
    answering, path = saves_to(tmp_path / "kept", keep), tmp_path / "kept.vae"
    for _ in range(2):  # the second time to the same file, without a dialog
        with qtbot.waitSignal(context.files.saved):
            actions.save()
        saved = files.load(path)
        assert (saved.timeline is not None) == keep
    (seen,) = answering.seen
    moments = len(context.library.shown.timeline)
    said = f"{moments} moments, decoders alone, half precision: "
    assert seen.startswith(said) and " MB.\n" in seen and seen.endswith("→ Include it")
    assert saved.ui_state.open_panels == {"probe": False}
    assert context.library.shown.workspace.title == "kept"
    assert context.settings.last_folder == tmp_path
    with qtbot.waitSignal(context.files.saved):
        actions.save_as()
    # as it was chosen before
    assert answering.seen[1].endswith("→ Include it" if keep else "→ Leave it out")


def test_a_cancelled_dialog_saves_nothing(
    context: Context, actions: FileActions, saves_to, tmp_path: Path
) -> None:
    show_run(context)
    answering = saves_to(None)
    assert {actions.save_as().answer, actions.save().answer} == {Cancelled()}
    assert answering.places == 2 and answering.seen == []
    assert not context.jobs.running
    assert list(tmp_path.iterdir()) == []


def test_a_cancelled_question_saves_nothing(
    context: Context, actions: FileActions, saves_to, tmp_path: Path
) -> None:
    show_run(context)
    before = context.library.shown
    answering = saves_to(tmp_path / "kept.vae", cancels=True)
    assert actions.save_as().answer == Cancelled()
    assert answering.places == len(answering.seen) == 1
    assert not context.jobs.running and list(tmp_path.iterdir()) == []
    assert context.library.shown is before


def test_the_dialog_of_the_desktop_names_the_file(
    context: Context, actions: FileActions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Which is a function of Qt's: a dialog of the app's own would be none of the desktop's."""
    show_run(context)
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", staticmethod(lambda *given: asked.append(given) or ("", ""))
    )
    assert actions.save_as().answer == Cancelled()
    ((_, title, proposed, kinds),) = asked
    assert title == "Save the model" and kinds == "VAE workspace (*.vae)"
    assert Path(proposed).suffix == ".vae"


def test_a_file_without_a_timeline_gets_the_one_that_has_grown_since(
    qtbot, context: Context, actions: FileActions, tmp_path: Path
) -> None:
    show_run(context)
    shown = context.library.shown
    context.library.replace(replace(shown, path=tmp_path / "old.vae"))
    with qtbot.waitSignal(context.files.saved):
        actions.save()
    assert files.load(tmp_path / "old.vae").timeline is not None


def test_a_model_without_a_timeline_is_saved_without_a_question(
    qtbot, context: Context, actions: FileActions, saves_to, tmp_path: Path
) -> None:
    show_space(context)
    answering = saves_to(tmp_path / "file.vae")
    with qtbot.waitSignal(context.files.saved):
        actions.save()
    assert answering.places == 1 and answering.seen == []
    assert (tmp_path / "file.vae").exists()


@pytest.mark.qt_log_ignore(r"grabbing the keyboard", r"raise\(\)", extend=True)  # offscreen
@pytest.mark.parametrize("content", [SCATTER, MANIFOLD, DIGIT])
def test_the_replay_is_exported_from_the_form(
    qtbot,
    context: Context,
    bar: TimelineBar,
    actions: FileActions,
    tmp_path: Path,
    content: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = str(tmp_path / "file"), ""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_: name))
    show_run(context)
    bar.export_chosen.connect(actions.export_replay)
    bar.open_export()
    form: ReplayForm = bar.export_form
    assert "5 of 5 moments" in form.note.text()
    form.form.set_value(replace(form.form.value(), content=content, size=56, rows=5))
    with qtbot.waitSignal(
        context.notices.published, check_params_cb=lambda notice: notice.path is not None
    ):
        form.save_button.click()
    with Image.open(tmp_path / "file.gif") as image:
        assert image.size == (56, 56)
        assert image.n_frames >= 2
