"""WaitingRun: the one run that is to begin as soon as its images are there and the run before it has stopped."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from vae_gui.core.datasets.base import ImageData
from vae_gui.core.support.errors import UserError
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.request import Answer, Cancelled, Done, Refused, Request
from vae_gui.runtime.training import Phase, Training

BUSY = "A run goes on: stop it first, or wait until it has ended."


@dataclass(frozen=True, slots=True, eq=False)
class _Wanted:
    """`begin` starts the run on its images and returns its id; it raises UserError where that cannot be.

    run_id: of the open model that the run goes on with, "" for a new one. images: None until they are there.
    """

    request: Request[str]
    begin: Callable[[ImageData], str]
    run_id: str
    images: ImageData | None = None


class WaitingRun(QObject):
    """A newer wish cancels the one that waits. Signals: `changed()`, when a run begins or ends to wait."""

    changed = Signal()

    def __init__(
        self,
        datasets: Datasets,
        training: Training,
        notices: Notices,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._datasets, self._training, self._notices = datasets, training, notices
        self._wanted: _Wanted | None = None
        # Everybody hears of the end of a run before the next one begins.
        self._next = QTimer(self, interval=0, singleShot=True)
        self._next.timeout.connect(self._begin)
        training.phase_changed.connect(self._next.start)

    @property
    def is_there(self) -> bool:
        return self._wanted is not None

    def want(
        self,
        dataset: str,
        begin: Callable[[ImageData], str],
        run_id: str = "",
        download: bool = False,
    ) -> Request[str]:
        """Begin a run on a data set; the request gives its id. Of a refusal the person is told here."""
        if self._training.phase in (Phase.RUNNING, Phase.PAUSED):
            self._notices.error(BUSY)
            return Request.answered(Refused(BUSY))
        request: Request[str] = Request(self._give_up)
        self._replace(_Wanted(request, begin, run_id))
        self._datasets.load(dataset, download).then(partial(self._on_images, request))
        return request

    def cancel(self, run_id: str | None = None) -> None:
        """Give up the run that waits, or only if it would go on with this model."""
        if self._wanted is not None and run_id in (None, self._wanted.run_id):
            self._replace(None)

    def _give_up(self) -> None:
        if self._wanted is not None and not self._wanted.request.is_wanted:
            self._replace(None)

    def _on_images(self, request: Request[str], answer: Answer[ImageData]) -> None:
        wanted = self._wanted
        if wanted is None or wanted.request is not request:
            return
        if isinstance(answer, Done):
            self._wanted = replace(wanted, images=answer.value)
            self._begin()
        else:
            self._take()
            request.give(answer)

    def _begin(self) -> None:
        wanted = self._wanted
        if wanted is None or wanted.images is None or self._training.phase is not Phase.IDLE:
            return
        self._take()
        answer: Answer[str] = Cancelled()
        try:
            answer = Done(wanted.begin(wanted.images))
        except UserError as problem:
            self._notices.error(str(problem))
            answer = Refused(str(problem))
        finally:
            wanted.request.give(answer)

    def _take(self) -> None:
        self._wanted = None
        self.changed.emit()

    def _replace(self, wanted: _Wanted | None) -> None:
        before, self._wanted = self._wanted, wanted
        self.changed.emit()
        if before is not None:
            before.request.give(Cancelled())
