"""A sweep: its runs on any executor of `concurrent.futures`, each kept as soon as it is there."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    wait,
)
from dataclasses import dataclass

from vae_gui.core.support.errors import UserError
from vae_gui.core.sweeps.folder import SweepFolder, failed_row
from vae_gui.core.sweeps.one_run import Order, train_one
from vae_gui.core.sweeps.rows import Finished, RunRow
from vae_gui.core.sweeps.workers import WorkError

TRIES = 3  # of a run whose worker died
LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Try:
    order: Order
    number: int


def sweep(
    orders: Sequence[Order],
    executor: Executor,
    folder: SweepFolder,
    stopped: Callable[[], bool] = lambda: False,
    work: Callable[[Order], Finished] = train_one,
) -> Iterator[RunRow]:
    """Carry out the orders; yields the row of each as it comes. Ends early, with all that is finished, when stopped.

    work: what a worker does with an order. A worker that died, or any other fault that does not come from the
    settings, costs one try of TRIES.
    A run whose file cannot be kept has failed; a row that cannot be written waits, as the folder's `problem` says.
    """
    pending = {executor.submit(work, order): _Try(order, 1) for order in orders}
    try:
        while pending and not stopped():
            done, _ = wait(pending, LOOK_SECONDS, FIRST_COMPLETED)
            for future in done:
                tried = pending.pop(future)
                row = _kept(future, tried, folder)
                if row is None:
                    again = executor.submit(work, tried.order)
                    pending[again] = _Try(tried.order, tried.number + 1)
                else:
                    yield row
    finally:
        for future in pending:
            future.cancel()
        folder.close()


def _kept(future: "Future[Finished]", tried: _Try, folder: SweepFolder) -> RunRow | None:
    """The row of a run that ended; None where it is to be tried again."""
    order = tried.order
    try:
        return folder.keep(future.result())
    except (UserError, CancelledError) as error:
        problem = str(error)
    except Exception as error:  # of whatever executor
        if tried.number < TRIES:
            return None
        known = isinstance(error, WorkError | BrokenExecutor)
        problem = str(error) if known else f"{type(error).__name__}: {error}"
    row = failed_row(order.plan, order.run.name, dict(order.run.values), problem)
    folder.keep_failed(row)
    return row
