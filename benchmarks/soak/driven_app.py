"""Starts the real app, does what it reads from standard input, and writes what happens to standard output.

Commands: `train`, `click TEXT` of a button in the banner, `forget` (close the tab that is shown), `save FILE`,
`export FILE` (a long animation), `close`. Events: `ready`, `offer STEP`, `opened STEP`, `done COMMAND`, `saved STEP`
(by autosave), `kept FILE`, `at STEP SECONDS`.
"""

import os
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QSocketNotifier, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from vae_gui import app as the_app
from vae_gui.core.export.options import AnimationOptions
from vae_gui.core.export.path import path_animation
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.presets import PRESETS
from vae_gui.runtime.autosave import Autosave, Pace
from vae_gui.runtime.request import Done
from vae_gui.runtime.save_queue import Written
from vae_gui.runtime.training import Phase
from vae_gui.ui.window.main_window import MainWindow

POLL_MS = 20


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def endless() -> RunConfig:
    """The quick recipe on the digits inside the app, without an end."""
    preset = PRESETS["s3-mlp"]
    train = replace(preset.train, epochs=10_000, device="cpu", threads=1)
    return RunConfig(preset.name, "digits", preset.model, train)


class Driver(QObject):
    """Takes commands once the window has shown a digit and has looked for interrupted runs."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.window: MainWindow | None = None
        self.step = -1
        self.autosaved: Written | None = None
        self.is_ready = False
        self.commands: list[str] = []
        self.notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self.notifier.activated.connect(self.read)
        self.timer = QTimer(self, interval=POLL_MS)
        self.timer.timeout.connect(self.poll)
        self.timer.start()

    def read(self) -> None:
        content = os.read(sys.stdin.fileno(), 4096).decode()
        if not content:
            self.notifier.setEnabled(False)
        self.commands += content.splitlines()

    def poll(self) -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            box.button(QMessageBox.StandardButton.Discard).click()
            return
        if self.window is None:
            self.find_window()
            return
        context = self.window.context
        if not self.is_ready and context.explorer.questions.reply_ms and not context.jobs.running:
            self.is_ready = True
            say("ready")
        self.tell_saved()
        self.tell_progress()
        if self.is_ready and self.commands:
            QTimer.singleShot(0, partial(self.carry_out, self.commands.pop(0)))

    def find_window(self) -> None:
        windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
        if windows and windows[0].isVisible():
            self.window = windows[0]
            context = self.window.context
            context.recovery.offered.connect(self.tell_offer)
            context.files.saved.connect(lambda written: say(f"kept {written.path}"))
            if context.recovery.offer is not None:
                self.tell_offer()

    def tell_offer(self) -> None:
        assert self.window is not None
        offer = self.window.context.recovery.offer
        assert offer is not None and offer.workspace is not None
        say(f"offer {offer.workspace.checkpoint.snapshot.step}")

    def tell_saved(self) -> None:
        assert self.window is not None
        answer = self.window.context.autosave._written.answer
        if isinstance(answer, Done) and answer.value is not self.autosaved:
            self.autosaved = answer.value
            say(f"saved {answer.value.step}")

    def tell_progress(self) -> None:
        assert self.window is not None
        training = self.window.context.training
        if training.phase is Phase.RUNNING and training.steps_done != self.step:
            self.step = training.steps_done
            say(f"at {self.step} {time.monotonic()}")

    def carry_out(self, command: str) -> None:
        assert self.window is not None
        context, (name, _, rest) = self.window.context, command.partition(" ")
        if name == "train":
            context.session.train(endless())
        elif name == "click":
            buttons = self.window.banner.findChildren(QPushButton)
            next(button for button in buttons if button.text() == rest).click()
            shown = context.library.shown
            if shown is not None and rest == "Open it":
                say(f"opened {shown.snapshot.step}")
        elif name == "forget" and context.library.shown is not None:
            context.session.close(context.library.shown.run_id)
        elif name == "save":
            context.files.save(Path(rest))
        elif name == "export":
            self.export(Path(rest))
        elif name == "close":
            self.window.close()
        say(f"done {command}")

    def export(self, path: Path) -> None:
        assert self.window is not None
        context = self.window.context
        snapshot = context.explorer.weights.snapshot
        assert snapshot is not None
        plan, options = context.path_lab.plan("straight"), AnimationOptions(frames=1000, size=512)
        context.jobs.start("Export", lambda: path_animation(snapshot, plan, path, options))


if __name__ == "__main__":
    if sys.argv[1:]:
        pace = Pace(*map(float, sys.argv[1:]))
        the_app.Autosave = partial(Autosave, pace=pace)  # type: ignore[misc,assignment]
    driver = Driver(the_app.make_application())
    sys.exit(the_app.main([]))
