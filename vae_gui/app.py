"""The composition root: builds everything, connects it, runs it, ends it."""

import argparse
import logging
import os
import sys
from functools import partial
from pathlib import Path
from typing import NoReturn

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication, QIcon

from vae_gui import __version__, desktop
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import remove_unfinished
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.warm_up import warm_up_training
from vae_gui.resources import PRETRAINED, resources_dir
from vae_gui.runtime.autosave import Autosave
from vae_gui.runtime.autosave_folders import AutosaveFolders, default_autosave_folder
from vae_gui.runtime.context import Context
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.deadline import FOREVER
from vae_gui.runtime.diagnostics import Log, keep_crashes
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.image_places import ImagePlaces
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library
from vae_gui.runtime.live.coverage import LiveCoverage
from vae_gui.runtime.live.paths import PathLab
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.recovery import Recovery
from vae_gui.runtime.run_queue import RunQueue
from vae_gui.runtime.runs import Runs
from vae_gui.runtime.session import Session
from vae_gui.runtime.settings import Settings, own_folder
from vae_gui.runtime.signals import TerminationSignals
from vae_gui.runtime.start_place import StartPlace
from vae_gui.runtime.training import Training
from vae_gui.runtime.twin import Twin
from vae_gui.runtime.workspace_files import WorkspaceFiles
from vae_gui.ui.access.interface import install_readings
from vae_gui.ui.style.theme import choose_theme
from vae_gui.ui.style.type_size import body_px
from vae_gui.ui.window.application import Application
from vae_gui.ui.window.exception_hook import ExceptionHook
from vae_gui.ui.window.gc_policy import collect_on_this_thread, spare_what_is_loaded
from vae_gui.ui.window.main_window import MainWindow

CLOSE_MS = 2000  # for which closing waits for its threads


def build_context(in_process: bool = False) -> Context:
    """The owners of the app's state, connected to each other.

    in_process: what trains on the CPU does so in a process of its own.
    """
    notices, settings, library = Notices(), Settings(), Library()
    jobs = Jobs(notices)
    datasets = Datasets(jobs, settings.data_folder, notices)
    datasets.places = ImagePlaces(settings)
    training = Training(notices, in_process)
    training.device = settings.device
    explorer = Explorer(library, datasets, notices)
    session = Session(datasets, library, training, explorer, notices)
    files = WorkspaceFiles(settings, jobs, library, training, explorer, notices)
    StartPlace(library, training, explorer)
    path_lab = PathLab(jobs, training, explorer)
    coverage = LiveCoverage(jobs, training, explorer)
    folders = AutosaveFolders(default_autosave_folder())
    autosave = Autosave(folders, jobs, library, training, files, notices)
    recovery = Recovery(folders, autosave, jobs, files)
    return Context(
        notices,
        settings,
        jobs,
        datasets,
        library,
        training,
        explorer,
        session,
        files,
        path_lab,
        coverage,
        autosave,
        recovery,
        Runs(jobs, library, notices),
        Twin(library, training, explorer, notices),
        RunQueue(training, session),
    )


def shutdown(context: Context, keep: bool = False, deadline: QDeadlineTimer = FOREVER) -> bool:
    """Ask every thread to stop, then wait for each; whether all have ended. Safe to call twice.

    keep: nobody was asked about what is unsaved, so the next start offers it.
    """
    context.session.shutdown()
    owners = (context.training, context.jobs, context.twin, context.explorer)
    for owner in owners:
        owner.shutdown(QDeadlineTimer(0))
    ended = [owner.shutdown(deadline) for owner in owners]
    context.runs.shutdown()
    context.autosave.shutdown(keep)
    return all(ended)


def log_off(window: MainWindow, context: Context) -> None:
    """End without a question. All is kept when this returns, for the system ends the process any time after it."""
    window.close_unasked()
    shutdown(context, keep=True, deadline=QDeadlineTimer(CLOSE_MS))


def leave(code: int) -> NoReturn:
    """End the process although a thread waits for an import or a whole load: nothing is left to be kept."""
    remove_unfinished()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def make_application() -> Application:
    QCoreApplication.setApplicationName("vae-explorer")
    QCoreApplication.setApplicationVersion(__version__)
    QGuiApplication.setDesktopFileName(desktop.APP_ID)
    desktop.identify_process()
    app = QGuiApplication.instance() or Application(sys.argv[:1])
    assert isinstance(app, Application)
    app.setApplicationDisplayName(desktop.TITLE)
    install_readings(app)
    # Jobs and the decoder take one torch thread each; the trainer asks for its own number.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.setswitchinterval(0.001)  # the window gets the interpreter back from the trainer sooner
    app.setWindowIcon(QIcon(str(resources_dir() / "icons" / "app.svg")))
    return app


def keep_log() -> Path | None:
    """Log to a file of bounded size in the app's own folder; returns where, None where nothing can be written."""
    path = own_folder("logs") / "vae-explorer.log"
    logging.raiseExceptions = (
        False  # a disk that is full later is no reason for traces on the terminal
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = Log(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8", errors="replace")
    except OSError as error:
        logging.getLogger(__name__).warning("There is no log: %s", error)
        return None
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)  # as of a card that torch cannot use
    return path


class WarmUp(QObject):
    """Prepares for training, so that Train begins at once.

    Once the first digit is on the screen, imports what a run in this process needs. Where runs have a
    process of their own, has one wait instead: after IDLE_MS in which the person asked for nothing.
    """

    IDLE_MS = 5000

    def __init__(self, context: Context) -> None:
        super().__init__(context.explorer)
        self._context = context
        self._idle = QTimer(self, interval=self.IDLE_MS, singleShot=True)
        self._idle.timeout.connect(context.training.prepare)
        context.explorer.questions.answered.connect(
            self._begin, Qt.ConnectionType.SingleShotConnection
        )

    def _begin(self) -> None:
        self._context.jobs.start("", self._job, self._on_loaded)

    def _job(self) -> Job[bool]:
        yield Progress(0, None, "Warming up")
        in_process = self._context.training.in_process
        if not in_process:
            warm_up_training()
        return in_process

    def _on_loaded(self, in_process: object) -> None:
        spare_what_is_loaded()
        if in_process:
            self._context.explorer.focus_changed.connect(self._wait)
            self._context.training.ended.connect(self._wait)
            self._wait()

    def _wait(self) -> None:
        self._idle.start()


def open_window(context: Context, file: Path | None) -> MainWindow:
    """The window on a file, or on the model that ships with the app."""
    questions = context.explorer.questions
    questions.hold(True)
    window = MainWindow(context)
    try:
        context.files.open_now(resources_dir() / PRETRAINED)
    except UserError as error:
        window.show_error(str(error))
    if file is not None:
        window.open_path(file)
    window.show()
    QTimer.singleShot(0, lambda: questions.hold(False))  # after the first paint
    WarmUp(context)
    context.recovery.look()
    return window


def main(arguments: list[str] | None = None) -> int:
    """Run the app; returns its exit code."""
    parser = argparse.ArgumentParser(prog="vae-gui", description=__doc__)
    parser.add_argument(
        "file", nargs="?", type=Path, help="a workspace to open (.vae), or a folder of runs"
    )
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args(arguments)
    signals = TerminationSignals()  # before Qt calls Python, which Ctrl-C must not break off
    app = make_application()
    crashes = keep_crashes(keep_log())
    context = build_context(in_process=True)
    choose_theme(app, context.settings.theme, body_px(context.settings.type_size))
    garbage = collect_on_this_thread()
    hook = ExceptionHook()
    hook.install()
    try:
        window = open_window(context, options.file)
        app.deliver_files(window.open_path)
        window.welcome()
        hook.caught.connect(window.show_report)
        window.closed.connect(app.quit)
        signals.received.connect(window.close_unasked)
        app.logging_off.connect(partial(log_off, window, context))
        signals.watch()
        app.setQuitOnLastWindowClosed(False)
        code = app.exec()
    finally:  # threads run already where the window does not come about
        ended = shutdown(context, signals.is_received, QDeadlineTimer(CLOSE_MS))
        signals.close()
    if not ended:
        leave(code)
    del garbage, crashes
    return code
