"""Ctrl-C and SIGTERM reach the event loop, however often they come."""

import os
import signal
from collections.abc import Iterator

import pytest

from tests.runtime.conftest import Collector
from vae_gui.runtime.signals import TerminationSignals

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a signal of another kind there")


@pytest.fixture
def signals(qapp: object) -> Iterator[TerminationSignals]:
    built = TerminationSignals()
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
        assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        built.close()
    finally:
        signal.signal(signal.SIGHUP, previous)


def test_all_is_as_before_when_it_is_closed(qapp) -> None:
    before = signal.getsignal(signal.SIGINT)
    TerminationSignals().close()
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.set_wakeup_fd(-1) == -1
