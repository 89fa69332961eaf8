"""A QtBot whose waits are as long on a busy machine as they have to be."""

from functools import partialmethod

from pytestqt.qtbot import QtBot

from tests.waiting import WAIT_MS


class PatientBot(QtBot):
    """Waits for what it waits for; a test says how long only where that is what it tests."""

    waitSignal = partialmethod(QtBot.waitSignal, timeout=WAIT_MS)  # noqa: N815
    waitSignals = partialmethod(QtBot.waitSignals, timeout=WAIT_MS)  # noqa: N815
    waitUntil = partialmethod(QtBot.waitUntil, timeout=WAIT_MS)  # noqa: N815
    waitExposed = partialmethod(QtBot.waitExposed, timeout=WAIT_MS)  # noqa: N815
