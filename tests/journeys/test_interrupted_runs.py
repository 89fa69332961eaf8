"""The real app, killed or told to end while it trains, offers the run at its next start, and only then."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.soak.app_process import AppProcess
from vae_gui.runtime.autosave import Pace

pytestmark = [
    pytest.mark.timeout(600),  # five starts of the app, on a machine that may be busy
    pytest.mark.skipif(os.name != "posix", reason="signals of another kind there"),
]
HURRIED = Pace(first=0.2, rest=1.0)


@dataclass
class Story:
    """What happened to five windows of one person."""

    killed_saved: int = 0  # the last autosave that the killed window told of
    ended_reached: int = 0  # the last step that the one which got SIGTERM told of
    offered_beside_running: bool = True
    offers: tuple[int, ...] = ()
    opened: int = 0
    offered_after_exit: bool = True
    interrupted_saved: int = 0  # of the window that got Ctrl-C twice
    offer_after_interrupt: int = 0
    exit_codes: tuple[int, ...] = ()
    output: str = ""
    left: tuple[Path, ...] = ()


def trained(app: AppProcess) -> int:
    """Train; returns the step of the first autosave."""
    app.wait_for("ready")
    app.do("train")
    return int(app.wait_for("saved"))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    home, told = tmp_path_factory.mktemp("home"), Story()
    with AppProcess(home, HURRIED) as killed, AppProcess(home, HURRIED) as ended:
        told.killed_saved = trained(killed)
        trained(ended)
        told.offered_beside_running = killed.has_told("offer") or ended.has_told("offer")
        with AppProcess(home, HURRIED) as third:  # while both run
            third.wait_for("ready")
            told.offered_beside_running |= third.has_told("offer")
            third.do("close")
            codes = [third.exit_code()]
        killed.kill()
        ended.send(signal.SIGTERM)
        codes.append(ended.exit_code())
        told.ended_reached = ended.progress[-1][0]
    with AppProcess(home, HURRIED) as heir:
        first = int(heir.wait_for("offer"))
        heir.do("click Open it")
        told.opened = int(heir.wait_for("opened"))
        told.offers = (first, int(heir.wait_for("offer")))
        heir.do("click Discard")
        heir.do("close")
        codes.append(heir.exit_code())
    with AppProcess(home, HURRIED) as interrupted:
        told.interrupted_saved = trained(interrupted)
        told.offered_after_exit = interrupted.has_told("offer")
        for _ in range(2):
            interrupted.send(signal.SIGINT)
        codes.append(interrupted.exit_code())
    with AppProcess(home, HURRIED) as last:
        told.offer_after_interrupt = int(last.wait_for("offer"))
        last.do("click Discard")
        last.do("close")
        codes.append(last.exit_code())
    told.output = "".join(app.output for app in (killed, ended, third, heir, interrupted, last))
    told.exit_codes, told.left = tuple(codes), tuple(home.rglob("autosave/*"))
    yield told


def test_a_killed_run_is_offered_as_it_was_last_autosaved(story: Story) -> None:
    assert len(story.offers) == 2 and min(story.offers) >= 1
    assert any(step >= story.killed_saved for step in story.offers)


def test_a_run_that_sigterm_ended_is_offered_at_its_last_step(story: Story) -> None:
    assert max(story.offers) >= story.ended_reached > 0


def test_what_is_offered_opens(story: Story) -> None:
    assert story.opened == story.offers[0]


def test_nothing_is_offered_to_a_window_beside_running_ones(story: Story) -> None:
    assert not story.offered_beside_running


def test_nothing_is_offered_after_a_normal_exit(story: Story) -> None:
    assert not story.offered_after_exit and story.left == ()


def test_ctrl_c_twice_ends_the_app_and_keeps_the_run(story: Story) -> None:
    assert story.offer_after_interrupt >= story.interrupted_saved > 0


def test_each_end_that_was_asked_for_is_clean(story: Story) -> None:
    assert story.exit_codes == (0, 0, 0, 0, 0), story.output
    assert "Traceback" not in story.output and "destroyed while" not in story.output.lower()
