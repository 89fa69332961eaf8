"""Throttle: when work is due, by a clock that the test moves."""

import pytest
from PySide6.QtCore import QObject

from tests.runtime.conftest import Collector
from vae_gui.runtime.live.throttle import Throttle

LONG = 3600.0  # seconds that no test waits for


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time of now, in seconds."""
    now = [1000.0]
    monkeypatch.setattr("vae_gui.runtime.live.throttle.time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def due() -> Collector:
    return Collector()


@pytest.fixture
def throttle(qapp: object, clock: list[float], due: Collector) -> Throttle:
    throttle = Throttle(due)
    throttle.due.connect(due.take)
    return throttle


def let_others_go(qtbot, parent: QObject) -> None:
    """Whatever is due now has been told."""
    others = Throttle(parent)
    with qtbot.waitSignal(others.due):
        others.debounce(0, "all")


def test_several_changes_are_one_piece_of_work(qtbot, throttle: Throttle, due: Collector) -> None:
    for _ in range(5):
        throttle.debounce(0, "a")
    qtbot.waitUntil(lambda: due.values != [])
    assert len(due.values) == 1


def test_a_change_starts_the_quiet_time_anew(qtbot, throttle: Throttle, due: Collector) -> None:
    throttle.debounce(0, "a")
    throttle.debounce(round(1000 * LONG), "b")
    let_others_go(qtbot, due)
    assert due.values == []


def test_the_same_wish_does_not_start_it_anew(qtbot, throttle: Throttle) -> None:
    with qtbot.waitSignal(throttle.due):
        throttle.debounce(0, "a")
        throttle.debounce(round(1000 * LONG), "a")


def test_it_knows_how_long_the_last_work_took(
    qtbot, throttle: Throttle, clock: list[float]
) -> None:
    with qtbot.waitSignal(throttle.due):
        throttle.debounce(0, "a")
    clock[0] += 7
    throttle.rest()
    assert throttle.work_seconds == 7


def test_the_first_work_is_due_at_once(qtbot, throttle: Throttle) -> None:
    with qtbot.waitSignal(throttle.due):
        throttle.throttle(LONG)


def test_work_that_ended_a_moment_ago_waits_for_its_rest(
    qtbot, throttle: Throttle, clock: list[float], due: Collector
) -> None:
    throttle.rest()
    clock[0] += LONG / 2
    throttle.throttle(LONG)
    let_others_go(qtbot, due)
    assert due.values == []


def test_work_that_ended_long_ago_is_due_at_once(
    qtbot, throttle: Throttle, clock: list[float]
) -> None:
    throttle.rest()
    clock[0] += LONG
    with qtbot.waitSignal(throttle.due):
        throttle.throttle(LONG)


def test_the_rest_begins_with_work_that_is_done_within_the_signal(
    qtbot, throttle: Throttle, clock: list[float], due: Collector
) -> None:
    clock[0] += LONG
    with qtbot.waitSignal(throttle.due):
        throttle.throttle(LONG)
    throttle.throttle(LONG)
    let_others_go(qtbot, due)
    assert len(due.values) == 1


def test_what_is_due_already_stays_so(qtbot, throttle: Throttle) -> None:
    throttle.rest()
    with qtbot.waitSignal(throttle.due):
        throttle.debounce(0, "a")
        throttle.throttle(LONG)
