"""The script of a run, section by section; each has the lines that this run needs and no others."""

from pathlib import Path
from textwrap import indent

import numpy as np
import torch

from vae_gui import __version__
from vae_gui.core.datasets import title_of
from vae_gui.core.sharing.script.data import DATA_SOURCES, DataSource
from vae_gui.core.sharing.script.network import NetworkSource, network_source
from vae_gui.core.sharing.script.terms import (
    AUTOENCODER_LOSSES,
    NEGATIVE_LOGS,
    ONE_CYCLE,
    VAE_LOSSES,
    text,
)
from vae_gui.core.sharing.script.training import training_section
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import EPOCHS, RunConfig
from vae_gui.core.vae.models.base import build
from vae_gui.core.vae.presets import recipe_title


def write_script(workspace: Workspace, path: Path) -> Job[Path]:
    """Rebuilds the run up to the moment that is shown; raises UserError where a script cannot."""
    yield Progress(0, None, "Writing")
    content = script(workspace).encode()
    with atomic_write(path) as file:
        file.write(content)
    return path


def script(workspace: Workspace) -> str:
    """The source."""
    config = workspace.checkpoint.config
    data = _data_of(config)
    network = network_source(build(config.model, config.train.seed), config.train.seed)
    sections = (
        "\n\n".join((_introduction(workspace, data), _imports(config, data), _settings(workspace))),
        data.source,
        _model(config, network),
        *_objective(config),
        training_section(config, workspace.checkpoint.snapshot.step),
    )
    return "\n\n\n".join(sections) + "\n"


def _data_of(config: RunConfig) -> DataSource:
    if config.dataset not in DATA_SOURCES:
        raise UserError(
            f"A script cannot read {title_of(config.dataset)} by itself: it can be written of runs on "
            f"{', '.join(map(title_of, DATA_SOURCES))}."
        )
    if config.train.patience:
        raise UserError(
            "A script has no patience: it can be written of runs that went on to their end."
        )
    if config.train.em_until:
        raise UserError("A script has no exact EM: it can be written of runs of the plain ELBO.")
    if config.train.precision != "float32":
        raise UserError("A script computes in float32: it can be written of runs that did too.")
    if any(change.name == EPOCHS for change in config.changes):
        raise UserError(
            "A script has one length: it can be written of runs that were not extended."
        )
    return DATA_SOURCES[config.dataset]


def _introduction(workspace: Workspace, data: DataSource) -> str:
    config = workspace.checkpoint.config
    kind = "An autoencoder" if config.model.deterministic else "A variational autoencoder"
    source = "" if config.model.deterministic else " (Kingma & Welling 2014)"
    unit = "Losses are squared errors" if config.model.deterministic else "Losses are in nats"
    needs = ", ".join(("numpy", *data.needs, "torch"))
    return f'''"""{kind}{source}, trained on {title_of(config.dataset)}.

Written by VAE explorer {__version__} of a run with the recipe “{recipe_title(config.preset)}”. It needs {needs}:

    python THIS_FILE.py{data.arguments}

{unit} per image. On a CPU they are those of the run to the last bit, with the same versions of the libraries;
this was written with torch {torch.__version__.partition("+")[0]}.{_measured(workspace)}
"""'''


def _measured(workspace: Workspace) -> str:
    """What the app found in its last test up to these weights."""
    if workspace.history is None:
        return ""
    tests = workspace.history.tests
    tests = tests[tests[:, 0] <= (workspace.checkpoint.snapshot.step or np.inf)]
    tests = tests[tests[:, 0] > 0]
    if not len(tests):
        return ""
    step, loss = tests[-1, :2].tolist()
    return f"\nThe app measured a loss of {loss!r} at step {step:.0f}."


def _imports(config: RunConfig, data: DataSource) -> str:
    standard = [*data.standard, *(["import math"] if _needs_math(config) else [])]
    others = ["import numpy as np", "import torch", "from torch import Tensor, nn", *data.imports]
    if "functional." in NEGATIVE_LOGS[config.model.likelihood]:
        others.append("from torch.nn import functional")
    if not _has_tensor(config):
        others[2] = "from torch import nn"
    blocks = (sorted(block, key=_by_module) for block in (standard, others) if block)
    return "\n\n".join("\n".join(block) for block in blocks)


def _by_module(line: str) -> tuple[bool, str]:
    """Plain imports first, as ruff sorts them."""
    return line.startswith("from"), line.split()[1].lower()


def _needs_math(config: RunConfig) -> bool:
    return "math." in NEGATIVE_LOGS[config.model.likelihood] or config.train.schedule != "constant"


def _has_tensor(config: RunConfig) -> bool:
    """Whether a layer of ours is in the network, whose source names Tensor."""
    return bool(network_source(build(config.model, 0), 0).classes)


def _settings(workspace: Workspace) -> str:
    config, step = workspace.checkpoint.config, workspace.checkpoint.snapshot.step
    train = config.train
    lines = [f"SEED = {train.seed}", f"BATCH_SIZE = {train.batch_size}"]
    lines += [f"LEARNING_RATE = {train.learning_rate!r}"]
    if not config.model.deterministic:
        lines += [f"LATENT_DIM = {config.model.latent_dim}", f"BETA = {train.beta!r}"]
    if train.warmup_epochs:
        lines.append(f"WARMUP_EPOCHS = {train.warmup_epochs!r}  # beta rises from 0 meanwhile")
    if train.input_noise:
        lines.append(f"INPUT_NOISE = {train.input_noise!r}  # sigma, on what the encoder sees")
    lines.append(f"THREADS = {train.threads}  # other sums round otherwise")
    if step:
        lines.append(f"STOP = {step}  # the step of the weights that were shown")
    return "\n".join(lines)


def _model(config: RunConfig, network: NetworkSource) -> str:
    learned = config.model.likelihood == "gaussian-learned"
    body = [
        "super().__init__()",
        *_sequential("self.encoder", network.encoder),
        *network.early,
        *_sequential("self.decoder", network.decoder),
        *(["self.log_sigma = nn.Parameter(torch.zeros(()))  # of a pixel"] if learned else []),
    ]
    name = "Autoencoder" if config.model.deterministic else "VAE"
    gives = "the code" if config.model.deterministic else "mu and logvar of q(z|x)"
    network_class = (
        f"class {name}(nn.Module):\n"
        f'    """encoder: images -> {gives}. decoder: z -> logits of the image."""\n\n'
        "    def __init__(self):\n" + indent("\n".join(body), " " * 8)
    )
    start = (
        "torch.get_num_threads()  # torch 2.14 sets the number itself the first time\n"
        "torch.set_num_threads(THREADS)\ntorch.manual_seed(SEED)\n"
        f"model = {name}()"
    )
    return "\n\n\n".join((*(part.strip() for part in network.classes), network_class, start))


def _sequential(name: str, layers: tuple[str, ...]) -> list[str]:
    return [f"{name} = nn.Sequential(", *(f"    {layer}," for layer in layers), ")"]


def _objective(config: RunConfig) -> list[str]:
    losses = AUTOENCODER_LOSSES if config.model.deterministic else VAE_LOSSES
    parts = [NEGATIVE_LOGS[config.model.likelihood], losses]
    if config.train.schedule == "one-cycle":
        parts.append(ONE_CYCLE)
    return [text(part) for part in parts]
