"""Workers of Dask as an executor: of a scheduler that runs already, of a cluster on this machine, or of SLURM."""

import os
import shlex
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vae_gui.core.support import child
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.packages import require

if TYPE_CHECKING:
    from dask_jobqueue import SLURMCluster
    from distributed import LocalCluster

LOCAL, SLURM = "local", "slurm"
CLUSTERS = (LOCAL, SLURM)
MAX_WORKERS = 256
DASK = {"distributed": "dask[distributed]>=2026.3"}
JOBQUEUE = {"dask_jobqueue": "dask-jobqueue>=0.9"}
_OF_A_JOB = ("cores", "memory")  # which have no default
_HERE = "127.0.0.1"  # Dask's pages ask for no password


@contextmanager
def of_scheduler(address: str) -> Iterator[Executor]:
    """Give the workers of a scheduler; raises UserError where none answers."""
    require(DASK, "A sweep on Dask")
    from distributed import Client

    try:
        client = Client(address)
    except (OSError, ValueError) as error:
        raise UserError(f"No scheduler answers at “{address}”: {error}.") from error
    with client:
        yield client.get_executor(pure=False)


@contextmanager
def of_cluster(kind: str, dashboard: int | None) -> Iterator[Executor]:
    """Start a cluster, give its workers, and end it.

    dashboard: the port of Dask's pages, which this machine alone can read; without one there are none.
    """
    require(DASK, "A sweep on Dask")
    from distributed import Client

    with child.inherited():  # Dask starts processes again that died
        try:
            cluster = _local(dashboard) if kind == LOCAL else slurm_cluster(dashboard)
        except (OSError, RuntimeError) as error:
            raise UserError(
                f"Dask cannot start workers here ({error}): leave --cluster out, or use --workers."
            ) from error
        with cluster, Client(cluster) as client:
            yield client.get_executor(pure=False)


def _local(dashboard: int | None) -> "LocalCluster":
    from distributed import LocalCluster

    pages = _pages(dashboard)
    return LocalCluster(
        n_workers=os.cpu_count(),
        threads_per_worker=1,
        host=_HERE,
        dashboard_address=pages.pop("dashboard_address"),
        scheduler_kwargs=pages,
    )


def slurm_cluster(dashboard: int | None) -> "SLURMCluster":
    """Return a cluster whose workers are jobs, as jobqueue.yaml in Dask's folder describes them."""
    require(JOBQUEUE, "A sweep on SLURM")
    import dask
    from dask_jobqueue import SLURMCluster

    described = dask.config.get("jobqueue.slurm")
    file = Path(dask.config.PATH) / "jobqueue.yaml"
    if missing := [f"jobqueue.slurm.{key}" for key in _OF_A_JOB if not described[key]]:
        raise UserError(
            f"What a job of SLURM gets is not said: set {' and '.join(missing)} in “{file}”."
        )
    exports = [f"export {name}={shlex.quote(v)}" for name, v in child.variables().items()]
    try:
        cluster = SLURMCluster(
            job_script_prologue=[*described["job-script-prologue"], *exports],
            worker_extra_args=[*described["worker-extra-args"], "--no-dashboard"],
            scheduler_options=_pages(dashboard) | described["scheduler-options"],
        )
    except ValueError as error:
        raise UserError(
            f"The jobs of SLURM are not described well ({str(error).splitlines()[0]}): change “{file}”."
        ) from error
    cluster.adapt(minimum=0, maximum=MAX_WORKERS)
    return cluster


def _pages(dashboard: int | None) -> dict[str, Any]:
    """Return the options of a scheduler; one without pages takes any free port, as it needs one all the same."""
    return {"dashboard": dashboard is not None, "dashboard_address": f"{_HERE}:{dashboard or 0}"}
