"""Ctrl-C and SIGTERM reach the event loop, however often they come."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.fake_windows import posix_only
from tests.runtime.conftest import Collector
from vae_gui.runtime.signals import NAMES, TerminationSignals

pytestmark = posix_only("a signal of another kind there")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """What the app leaves ignored is handled again after a test."""
    names = [name for name in NAMES if hasattr(signal, name)]
    handlers = {name: signal.getsignal(getattr(signal, name)) for name in names}
    yield
    for name, handler in handlers.items():
        signal.signal(getattr(signal, name), handler)


@pytest.fixture
def signals(qapp: object) -> Iterator[TerminationSignals]:
    built = TerminationSignals()
    built.watch()
    yield built
    built.close()


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_is_told_once_and_ends_nothing(qtbot, signals, name: str) -> None:
    if signal.getsignal(getattr(signal, name)) == signal.SIG_IGN:
        pytest.skip("it is ignored, as under nohup, and stays so")
    told = Collector()
    signals.received.connect(told.take)
    assert not signals.is_received
    for _ in range(2):
        with qtbot.waitSignal(signals._notifier.activated):
            os.kill(os.getpid(), getattr(signal, name))
    assert signals.is_received and len(told.values) == 1


def test_other_signals_are_none_of_its_business(qtbot, signals) -> None:
    previous = signal.signal(signal.SIGUSR1, lambda *_: None)
    try:
        with qtbot.waitSignal(signals._notifier.activated):
            os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, previous)
    assert not signals.is_received


def test_an_ignored_signal_stays_ignored(qapp) -> None:
    """As SIGHUP is under nohup."""
    previous = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        built = TerminationSignals()
        built.watch()
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        built.close()
    finally:
        signal.signal(signal.SIGHUP, previous)


def test_what_comes_before_the_application_is_there_is_told_when_it_is(qtbot) -> None:
    built = TerminationSignals()
    signal.raise_signal(signal.SIGTERM)
    with qtbot.waitSignal(built.received):
        built.watch()
    built.close()


def test_no_signal_breaks_off_the_end_of_the_app(signals) -> None:
    """Not even after the interpreter has forgotten its handlers, which leaves alone what is ignored."""
    signals.close()
    assert signal.getsignal(signal.SIGINT) == signal.SIG_IGN
    signal.raise_signal(signal.SIGINT)
    assert signal.set_wakeup_fd(-1) == -1
