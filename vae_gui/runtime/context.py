"""Context: the owners of the app's state, which every panel is given."""

from dataclasses import dataclass

from vae_gui.runtime.autosave import Autosave
from vae_gui.runtime.datasets import Datasets
from vae_gui.runtime.explorer import Explorer
from vae_gui.runtime.jobs import Jobs
from vae_gui.runtime.library import Library
from vae_gui.runtime.live.coverage import LiveCoverage
from vae_gui.runtime.live.paths import PathLab
from vae_gui.runtime.notices import Notices
from vae_gui.runtime.recovery import Recovery
from vae_gui.runtime.run_queue import RunQueue
from vae_gui.runtime.runs import Runs
from vae_gui.runtime.session import Session
from vae_gui.runtime.settings import Settings
from vae_gui.runtime.training import Training
from vae_gui.runtime.twin import Twin
from vae_gui.runtime.workspace_files import WorkspaceFiles


@dataclass(frozen=True, slots=True)
class Context:
    """Built once by `app`; panels read these and call their commands."""

    notices: Notices
    settings: Settings
    jobs: Jobs
    datasets: Datasets
    library: Library
    training: Training
    explorer: Explorer
    session: Session
    files: WorkspaceFiles
    path_lab: PathLab
    coverage: LiveCoverage
    autosave: Autosave
    recovery: Recovery
    runs: Runs
    twin: Twin
    queue: RunQueue
