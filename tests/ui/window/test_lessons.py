"""Lessons: every button of every lesson does what it says, and a teacher's file is beside them."""

import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from vae_gui.core.analysis.coverage import Coverage, CoverageLevel, calibrate
from vae_gui.core.paths.curves import slerp, straight, z_length
from vae_gui.core.paths.geodesic import geodesic
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage.workspace import Workspace, load
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.sweeps.vary import QueuedRun
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.encodings import FARTHEST
from vae_gui.core.vae.presets import PRESETS
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.runtime.training import Phase
from vae_gui.ui.style.theme import DARK, LIGHT, apply_theme
from vae_gui.ui.window.help_menu import lessons_folder
from vae_gui.ui.window.lessons.actions import LESSON_ACTIONS, run_link
from vae_gui.ui.window.lessons.lesson import MAX_BYTES, Lesson, lessons, read_lesson
from vae_gui.ui.window.main_window import MainWindow
from vae_gui.ui.window.run_bar import SETTINGS

LINK = re.compile(r"\[([^\]]+)\]\((do:[^)]+)\)", re.DOTALL)
OURS = lessons(Path("no such folder"))


def links(lesson: Lesson) -> list[tuple[str, str]]:
    """Text and address of its buttons."""
    found = LINK.findall(read_lesson(lesson.path))
    return [(" ".join(text.split()), link) for text, link in found]


def press(window: MainWindow, text: str) -> None:
    """Click a button of the lesson with the mouse."""
    page = window.lesson_dock.page
    place = page.document().find(text)
    assert not place.isNull(), text
    place.setPosition(place.selectionStart() + 1)
    page.setTextCursor(place)
    page.ensureCursorVisible()
    QTest.mouseClick(page.viewport(), Qt.MouseButton.LeftButton, pos=page.cursorRect().center())


def test_there_is_a_lesson_for_each_idea() -> None:
    assert len(OURS) == 8
    assert OURS[0].title == "What is a VAE?"
    assert all(len(links(lesson)) >= 3 for lesson in OURS)


@pytest.mark.parametrize("lesson", OURS, ids=[lesson.path.stem for lesson in OURS])
def test_every_button_of_a_lesson_works(qtbot, bars, window, lesson: Lesson) -> None:
    training, explorer = window.context.training, window.context.explorer
    queue = window.context.queue
    window.lesson_dock.open_lesson(lesson)
    assert window.lesson_dock.isVisible() and window.lesson_dock.windowTitle() == lesson.title
    for text, link in links(lesson):
        before = window.context.library.shown.run_id
        press(window, text)
        assert not window.banner.text().startswith("This lesson"), text
        if link.endswith("train"):
            qtbot.waitUntil(lambda: training.steps_done > 0)
            training.stop()
            qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
            assert window.context.library.shown.run_id != before
        if link == "do:example":
            qtbot.waitUntil(lambda: explorer.weights.snapshot.step > 1000)
        if "compare=" in link:
            qtbot.waitUntil(lambda: bool(queue.current))
            assert len(queue.waiting) == 1
            queue.reorder(())
            qtbot.waitUntil(lambda: training.phase is Phase.RUNNING)
            training.stop()
            qtbot.waitUntil(lambda: not queue.current)
        for name, value in re.findall(r"(\w+)=([^&]+)", link):
            check(window, name, value)


def test_a_lesson_takes_no_more_room_however_often_the_window_is_laid_out(window) -> None:
    window.resize(1280, 800)
    pad = window.docks.docks["pad"]
    QApplication.processEvents()
    alone = pad.width()
    for lesson in OURS:
        window.lesson_dock.open_lesson(lesson)
        QApplication.processEvents()
        wide = window.lesson_dock.page.width()
        for _ in range(200):
            window.layout().invalidate()
            window.layout().activate()
        QApplication.processEvents()
        assert window.lesson_dock.page.width() == wide, lesson.title
    assert window.lesson_dock.width() < 0.3 * window.width()
    window.lesson_dock.close()
    QApplication.processEvents()
    assert abs(pad.width() - alone) <= 8


def check(window: MainWindow, name: str, value: str) -> None:
    explorer, bar = window.context.explorer, window.run_bar
    model, train = bar.settings.model_form.value(), bar.settings.train_form.value()
    if name == "panel":
        assert not window.docks.panels[value].isHidden()
    elif name == "background":
        assert explorer.layers.background == value
    elif name == "recipe":
        assert bar.config().preset == value
    elif name == "path":
        assert window.context.path_lab.current == value
    elif name == "cursor":
        assert explorer.latent.cursor == tuple(map(float, value.split(",")))
    elif name == "ends":
        ends = tuple(tuple(map(float, end.split(","))) for end in value.split(";"))
        assert (explorer.latent.a, explorer.latent.b) == ends
    elif name == "compare":
        assert not window.docks.panels["twins"].isHidden()
    elif name == "set":
        run = window.context.training.run.config
        for part in value.split(","):
            key, _, number = part.partition(":")
            assert getattr(run.model, key, getattr(run.train, key, None)) == float(number)
        recipe = PRESETS[bar.config().preset]
        assert (model, train) == (recipe.model, recipe.train)  # the next run is the recipe's again
    else:
        assert (name, value) == ("data", bar.dataset_box.name())


def test_every_action_is_used_by_a_lesson() -> None:
    used = {
        part.partition("=")[0]
        for lesson in OURS
        for _, link in links(lesson)
        for part in link.removeprefix("do:").split("&")
    }
    assert used == set(LESSON_ACTIONS)


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ("do:format-disk", "does not know"),
        ("do:panel=nothing", "panel “nothing”"),
        ("do:recipe=x", "recipe “x”"),
        ("do:compare=recommended;x", "recipe “x”"),
        ("do:compare=recommended,beta:-1", "must lie between"),
        ("do:set=beta:lots", "cannot be"),
        ("do:set=beta:-1", "must lie between"),
        ("do:set=threads", "cannot be"),
        ("do:cursor=1", "numbers"),
        ("do:cursor=1e300,0", "lie between"),
        ("do:ends=0,0;0,-1e300", "lie between"),
        ("do:cursor=inf,0", "numbers"),
        ("do:cursor=1,2&cursor=nan,0", "numbers"),
        ("do:set=beta:1e999", "must lie between"),
        (f"do:set=seed:{'9' * 5000}", "cannot be"),
        (f"do:compare=recommended,seed:{'9' * 5000}", "must be a whole number"),
    ],
)
def test_what_a_lesson_may_not_do_is_refused_in_words(window, link: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        run_link(window, link)


@given(
    name=st.sampled_from(sorted(LESSON_ACTIONS)),
    value=st.sampled_from(
        ["", "x", "1e300,0", "0,nan", "-1e300,2;0,0", "beta:1e300", "latent_dim:10", "epochs:1e9"]
    )
    | st.text(max_size=6),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_link_is_followed_or_refused_in_words(window, name: str, value: str) -> None:
    assume(name not in ("train", "compare", "example"))
    with suppress(UserError):
        run_link(window, f"do:{name}={value}")
    cursor = window.context.explorer.latent.cursor
    assert all(abs(coordinate) <= FARTHEST for coordinate in cursor)


def test_a_lesson_does_not_interrupt_a_run(qtbot, bars, window) -> None:
    window.run_bar.train()
    qtbot.waitUntil(lambda: window.context.training.steps_done > 0)
    with pytest.raises(UserError, match="press Stop"):
        run_link(window, "do:train")


def test_a_teachers_lesson_is_listed_and_shows_nothing_from_elsewhere(window, tmp_path) -> None:
    own = lessons_folder()
    own.mkdir(parents=True)
    (own / "9-mine.md").write_text(
        f"# My <b>class</b>\n\n![x]({tmp_path}/secret.png) [go](do:panel=samples) [out](https://example.org)",
        encoding="utf-8",
    )
    (own / "broken.md").write_bytes(b"\xff\xfe\x00")
    found = lessons(own)
    assert [lesson.title for lesson in found[len(OURS) :]] == ["My <b>class</b>", "broken"]
    window.lesson_dock.open_lesson(found[-2])
    page = window.lesson_dock.page
    assert page.loadResource(2, f"{tmp_path}/secret.png") is None
    press(window, "out")
    press(window, "go")
    assert not window.docks.panels["samples"].isHidden()
    window.lesson_dock.open_lesson(found[-1])
    assert "is no text" in window.banner.text()


def test_a_file_that_is_no_lesson_is_not_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "long.md"
    path.write_text("x" * (MAX_BYTES + 1), encoding="utf-8")
    with pytest.raises(UserError, match="larger than 200,000 bytes"):
        read_lesson(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_among_a_teachers_lessons_is_not_waited_for(window) -> None:
    own = lessons_folder()
    own.mkdir(parents=True)
    os.mkfifo(own / "9-pipe.md")
    found = lessons(own)
    assert [lesson.title for lesson in found[len(OURS) :]] == ["9-pipe"]
    window.lesson_dock.open_lesson(found[-1])
    assert "is not a file" in window.banner.text()


def test_the_page_begins_at_its_beginning(window) -> None:
    window.lesson_dock.open_lesson(OURS[0])
    assert window.lesson_dock.page.textCursor().position() == 0
    window.lesson_dock.page.moveCursor(QTextCursor.MoveOperation.End)
    window.lesson_dock.open_lesson(OURS[1])
    assert window.lesson_dock.page.textCursor().position() == 0


def test_the_next_start_has_no_empty_lesson(qtbot, window) -> None:
    window.lesson_dock.open_lesson(OURS[0])
    with qtbot.waitSignal(window.closed):
        window.close()
    again = MainWindow(window.context)
    qtbot.addWidget(again)
    assert again.lesson_dock.isHidden()


def mine(window: MainWindow) -> RunConfig:
    """The person's own settings, which differ from every recipe."""
    settings = window.run_bar.settings
    settings.train_form.editor("epochs").setValue(50)
    settings.train_form.editor("beta").setValue(2.0)
    return window.run_bar.config()


def test_what_a_lesson_set_is_marked_and_put_back_by_a_click(window) -> None:
    bar, own = window.run_bar, mine(window)
    form, before = bar.settings.train_form, own.train
    mark = form.mark("epochs")
    assert mark.isHidden() and bar.settings.put_back_button.isHidden()
    window.lesson_dock.open_lesson(OURS[5])
    run_link(window, "do:set=beta:100,epochs:3")
    assert mark.toolTip() == (
        "The lesson “Posterior collapse” set this; it was 50. Click to put it back."
    )
    assert not mark.isHidden() and form.mark("seed").isHidden()
    assert "Posterior collapse" in bar.settings_button.toolTip()
    on_bar = bar.marks.marks["beta"]
    assert on_bar.isVisible() and "it was 2." in on_bar.toolTip() and bar.beta.value() == 100
    on_bar.click()
    assert bar.beta.value() == 2 and on_bar.isHidden() and form.mark("beta").isHidden()
    assert bar.config().train == replace(before, epochs=3)
    mark.click()
    assert bar.config() == own and mark.isHidden()
    assert bar.settings_button.toolTip() == SETTINGS


def test_all_that_a_lesson_set_is_put_back_with_the_recipe(window) -> None:
    bar, own = window.run_bar, mine(window)
    window.lesson_dock.open_lesson(OURS[1])
    run_link(window, "do:recipe=s1-ae-mlp&set=epochs:40")
    assert bar.preset_box.currentData() == bar.config().preset == "s1-ae-mlp"
    assert "it was “Recommended, 2-D”" in bar.settings.preset_mark.toolTip()
    bar.settings.put_back_button.click()
    assert bar.config() == own and bar.preset_box.currentData() == own.preset
    assert bar.settings.put_back_button.isHidden() and bar.settings.preset_mark.isHidden()
    run_link(window, "do:recipe=s1-ae-mlp")
    bar.preset_box.activated.emit(bar.preset_box.currentIndex())  # the person takes it, too
    assert bar.settings.changes() == {} and bar.settings.preset_mark.isHidden()


def test_what_a_lesson_set_in_the_run_that_goes_on_is_put_back_in_it(qtbot, bars, window) -> None:
    bar, training, own = window.run_bar, window.context.training, mine(window)
    window.lesson_dock.open_lesson(OURS[5])
    run_link(window, "do:data=digits&set=beta:100&train")
    qtbot.waitUntil(lambda: training.steps_done > 0)
    mark = bar.marks.marks["beta"]
    assert bar.beta.value() == 100 and "“Posterior collapse” set this; it was 2." in mark.toolTip()
    mark.click()
    assert (training.hyperparameters.beta, bar.beta.value()) == (2, 2) and mark.isHidden()
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    bar.settings.put_back_button.click()
    assert bar.config() == own and bar.beta.value() == 2


def test_a_run_of_the_queue_leaves_the_settings_and_marks_its_own(qtbot, bars, window) -> None:
    bar, training, queue = window.run_bar, window.context.training, window.context.queue
    own = mine(window)
    run = replace(own, train=replace(own.train, beta=8.0))
    queue.add((QueuedRun("β 8", run),))
    qtbot.waitUntil(lambda: training.steps_done > 0)
    mark = bar.marks.marks["beta"]
    assert bar.beta.value() == 8
    assert "The run “β 8” of the queue set this; it was 2." in mark.toolTip()
    assert bar.marks.marks["learning_rate"].isHidden() and bar.config() == own
    training.stop()
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE and not queue.current)
    assert mark.isHidden() and bar.beta.value() == 2 and bar.config() == own


def ends_in(number: int) -> np.ndarray:
    """(2, 2): A and B, as the button of a lesson sets them."""
    (link,) = (link for _, link in links(OURS[number]) if "ends=" in link)
    ends = link.partition("ends=")[2].partition("&")[0]
    return np.array([[float(x) for x in end.split(",")] for end in ends.split(";")])


@pytest.fixture(scope="module")
def shipped() -> Workspace:
    return load(resources_dir() / PRETRAINED)


@pytest.fixture(scope="module")
def covered(shipped: Workspace) -> Coverage:
    return finish(calibrate(shipped.encodings))


def levels(covered: Coverage, path: np.ndarray) -> list[CoverageLevel]:
    return [covered.level(covered.log_density(tuple(z))) for z in path.tolist()]


def test_the_strip_of_the_holes_leaves_the_map(covered: Coverage) -> None:
    a, b = ends_in(4)
    seen = levels(covered, straight(a, b, LatentState.origin(2).frames))
    assert seen.count(CoverageLevel.OFF) >= 3
    assert CoverageLevel.OFF not in (seen[0], seen[-1])


def test_the_geodesic_of_the_lesson_is_much_shorter_and_stays_on_the_map(
    shipped: Workspace, covered: Coverage
) -> None:
    ends = ends_in(6)
    path = finish(geodesic(shipped.checkpoint.snapshot, ends, 12))
    assert path.length < 0.7 * path.straight_length
    assert z_length(path.curve) > z_length(ends)
    assert CoverageLevel.OFF not in levels(covered, path.points)
    assert z_length(slerp(*ends, 33).points) > 1.02 * z_length(
        ends
    )  # so that the three paths differ


def test_the_twins_are_the_two_models_of_the_button(qtbot, bars, window) -> None:
    """Also where others are open, as the shipped one is."""
    library, twin = window.context.library, window.context.twin
    run_link(window, "do:data=digits&compare=recommended,epochs:1;recommended,epochs:1,seed:1")
    qtbot.waitUntil(lambda: len(library.models) == 3)
    _, first, second = (model.run_id for model in library.models)
    qtbot.waitUntil(lambda: twin.model is not None and twin.model.run_id == second)
    assert library.shown.run_id == first
    qtbot.waitUntil(lambda: window.context.training.phase is Phase.IDLE)
    assert library.shown.run_id == first and twin.model.run_id == second


def test_the_links_of_an_open_lesson_take_the_colour_of_another_theme(window) -> None:
    page = window.lesson_dock.page

    def colors() -> set[str]:
        found, block = set(), page.document().begin()
        while block.isValid():
            for part in block.textFormats():
                if part.format.isAnchor():
                    found.add(part.format.foreground().color().name())
            block = block.next()
        return found

    window.lesson_dock.open_lesson(OURS[1])
    page.moveCursor(QTextCursor.MoveOperation.End)
    place = page.verticalScrollBar().value()
    for theme in (LIGHT, DARK):
        apply_theme(QApplication.instance(), theme)
        assert colors() == {page.palette().color(QPalette.ColorRole.Link).name()}
    assert page.verticalScrollBar().value() == place
