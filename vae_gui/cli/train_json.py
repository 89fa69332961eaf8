"""The lines of `train --json` before the first epoch and after the last: what was run, and what came of it."""

import importlib.metadata
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from vae_gui import __version__
from vae_gui.core.vae.config_json import to_json
from vae_gui.core.vae.loss_terms import loss_values

if TYPE_CHECKING:
    from vae_gui.core.vae.run.headless import HeadlessRun

LIBRARIES = ("torch", "numpy")


def start_line(run: "HeadlessRun") -> dict[str, object]:
    """The configuration, the device, the size of the model, and the versions."""
    trainer = run.trainer
    versions = {name: importlib.metadata.version(name) for name in LIBRARIES}
    return {
        "start": {
            "config": to_json(trainer.config),
            "run_id": trainer.run_id,
            "seed": trainer.config.train.seed,
            "device": str(trainer.device),
            "parameters": trainer.model.parameter_count(),
            "steps_done": trainer.steps_done,
            "total_steps": trainer.total_steps,
            "versions": {
                "vae-explorer": __version__,
                "python": platform.python_version(),
                **versions,
            },
        }
    }


def end_line(run: "HeadlessRun", out: Path, stopped: bool) -> dict[str, object]:
    """Return where the run is, how far it came, and its losses of the test images then."""
    steps, losses = run.trainer.shown_step, None
    measured = run.rows().test_at(steps)
    if measured is not None:
        _, *values = measured.tolist()
        losses = loss_values(run.trainer.config.model, *values)
    return {"end": {"out": str(out), "steps": steps, "stopped": stopped, "test": losses}}
