"""The device of this machine: it is remembered, threads mean nothing on a card, and the status line says what trains."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication

from tests.runtime.conftest import Collector
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.history import History
from vae_gui.core.vae.run.messages import Started
from vae_gui.runtime.settings import Settings
from vae_gui.runtime.training import Phase
from vae_gui.ui.style.theme import DARK, apply_theme
from vae_gui.ui.window.run_bar import RunBar
from vae_gui.ui.window.status_line import StatusLine

TOO_OLD = "Training runs on the CPU, as CUDA cannot be used: the driver is too old."


def bar_of(qtbot, qapp: QApplication, context) -> RunBar:
    apply_theme(qapp, DARK)
    bar = RunBar(context)
    qtbot.addWidget(bar)
    return bar


def choose(bar: RunBar, device: str) -> None:
    """What a person does in the form."""
    editor = bar.settings.train_form.editor("device")
    index = editor.findData(device)
    editor.setCurrentIndex(index)
    editor.activated.emit(index)


def test_the_device_is_remembered_and_goes_for_the_runs_of_files(qtbot, qapp, context) -> None:
    bar = bar_of(qtbot, qapp, context)
    assert bar.config().train.device == context.training.device == "auto"
    choose(bar, "cpu")
    assert context.training.device == "cpu"
    assert Settings().device == "cpu"
    again = bar_of(qtbot, qapp, context)
    assert again.config().train.device == "cpu"


def test_what_is_remembered_and_no_device_is_auto(context) -> None:
    context.settings.device = "tpu"
    assert Settings().device == "auto"


@pytest.mark.parametrize(("device", "counts"), [("cuda", False), ("mps", False), ("cpu", True)])
def test_threads_can_be_set_where_they_count(qtbot, qapp, context, device, counts) -> None:
    bar = bar_of(qtbot, qapp, context)
    choose(bar, device)
    threads = bar.settings.train_form.editor("threads")
    assert threads.isEnabled() == counts and ("no difference" in threads.toolTip()) != counts
    choose(bar, "auto")
    assert threads.isEnabled()


def test_the_status_line_says_what_trains_and_why(qtbot, context) -> None:
    line = StatusLine(context, lambda: 0.0)
    qtbot.addWidget(line)
    training = context.training
    training.start(tiny_config(), tiny_data(), History())
    qtbot.waitUntil(lambda: training.phase is Phase.IDLE)
    line._show_text()
    assert line.text.text().startswith("cpu  ·")
    training.run = replace(training.run, device="mps", why_there="2.0 ms a step, 3.0 on cpu")
    line._show_text()
    assert line.text.text().startswith("mps (2.0 ms a step, 3.0 on cpu)  ·")


def test_a_card_that_cannot_be_used_is_told_once(qtbot, context) -> None:
    told = Collector()
    context.notices.published.connect(told.take)
    context.training.start(tiny_config(), tiny_data(), History())
    for _ in range(3):
        context.training._take(Started("cpu", 0, 6, 3, warning=TOO_OLD))
    qtbot.waitUntil(lambda: context.training.phase is Phase.IDLE)
    assert [notice.text for notice in told.values] == [TOO_OLD]
