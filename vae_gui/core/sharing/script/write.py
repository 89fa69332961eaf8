"""The script of a run, section by section; each has the lines that this run needs and no others.

No text of a file is in it: names and numbers of the run are literals, and comments speak of registries alone.
"""

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

import torch

from vae_gui import __version__
from vae_gui.core.datasets import title_of
from vae_gui.core.sharing.script.data import DATA_SOURCES, DataSource
from vae_gui.core.sharing.script.network import NetworkSource, network_source
from vae_gui.core.sharing.script.objective import objective_sections
from vae_gui.core.sharing.script.settings import check_repeatable, settings_section
from vae_gui.core.sharing.script.sources import Sources, names_read
from vae_gui.core.sharing.script.training import training_section
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.foreign_text import utf8
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.config import RunConfig
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.loss_terms import unit
from vae_gui.core.vae.models.base import VAE, build
from vae_gui.core.vae.presets import PRESETS

GIVEN = ("ModelConfig", "TrainConfig", "VAE", "negative_log_of")
IMPORTS = {
    "Tensor": ("torch", "Tensor"),
    "dataclass": ("dataclasses", "dataclass"),
    "nn": ("torch", "nn"),
    "np": ("", "numpy as np"),
    "torch": ("", "torch"),
}


def write_script(workspace: Workspace, path: Path) -> Job[Path]:
    """Rebuilds the run up to the moment that is shown; raises UserError where a script cannot."""
    yield Progress(0, None, "Writing")
    content = utf8(script(workspace))
    with atomic_write(path) as file:
        file.write(content)
    return path


def script(workspace: Workspace) -> str:
    """Return the source; raises UserError for a run that a script cannot repeat."""
    config, step = workspace.checkpoint.config, workspace.checkpoint.snapshot.step
    data = _data_of(config)
    check_repeatable(config)
    network = network_source(build(config.model, config.train.seed), config.train.seed)
    sources = Sources(GIVEN)
    for kind in network.kinds:
        sources.add(kind.__module__, kind.__name__)
    own = (
        data.source,
        _network_class(network, config),
        _model(config),
        *objective_sections(config),
        training_section(config, step),
    )
    sources.add_used_by("\n".join(own))
    body = _joined(sources.text, *own)
    settings = f"{settings_section(config, body)}\n{_constants(config, step)}"
    imports = _imports(f"{settings}\n{body}", IMPORTS | {**data.imports} | sources.imports)
    head = "\n\n".join((_introduction(workspace, data), imports))
    return _joined(head, settings, body) + "\n"


def _joined(*sections: str) -> str:
    return "\n\n\n".join(filter(None, sections))


def _data_of(config: RunConfig) -> DataSource:
    if config.dataset not in DATA_SOURCES:
        raise UserError(
            f"A script cannot read {title_of(config.dataset)} by itself: it can be written of runs on "
            f"{', '.join(map(title_of, DATA_SOURCES))}."
        )
    return DATA_SOURCES[config.dataset]


def _introduction(workspace: Workspace, data: DataSource) -> str:
    """Return the docstring; the data set is one of DATA_SOURCES, the recipe one of PRESETS or not named."""
    config = workspace.checkpoint.config
    kind = "An autoencoder" if config.model.deterministic else "A variational autoencoder"
    source = "" if config.model.deterministic else " (Kingma & Welling 2014)"
    preset = PRESETS.get(config.preset)
    recipe = "" if preset is None else f" with the recipe “{preset.title}”"
    needs = ", ".join(("numpy", *data.needs, "torch"))
    return f'''"""{kind}{source}, trained on {title_of(config.dataset)}.

Written by VAE explorer {__version__} of a run{recipe}. It needs {needs}:

    python THIS_FILE.py{data.arguments}

Losses are in {unit(config.model)}. {_equality(workspace)};
this was written with torch {torch.__version__.partition("+")[0]}.{_measured(workspace)}
"""'''


def _equality(workspace: Workspace) -> str:
    """Say how close its losses come to those of the run, whose arithmetic may have been a card's."""
    checkpoint = workspace.checkpoint
    if not checkpoint.trained_on_card:
        return "On a CPU they are those of the run to the last bit, with the same versions of the libraries"
    cards = " and ".join(kind.upper() for kind in checkpoint.trained_on if kind != "cpu")
    return f"The run was trained on {cards}, whose sums round otherwise and whose noise is another: they are only like its own"


def _measured(workspace: Workspace) -> str:
    """Return a sentence about the loss that the app measured for these weights; "" where it did not."""
    measured = workspace.test_row
    if measured is None:
        return ""
    step, loss = measured[:2].tolist()
    return f"\nThe app measured a loss of {loss!r} at step {step:.0f}."


def _imports(text: str, known: Mapping[str, tuple[str, str]]) -> str:
    """Return the lines for what the text reads, sorted as ruff sorts them."""
    froms: dict[str, list[str]] = {"__future__": ["annotations"]}
    plain = []
    for name in names_read(text):
        module, imported = known.get(name, ("", ""))
        if module:
            froms.setdefault(module, []).append(imported)
        elif imported:
            plain.append(imported)
    blocks: dict[int, list[str]] = {0: [], 1: [], 2: []}
    for name in sorted(plain):
        blocks[_block(name)].append(f"import {name}")
    for module in sorted(froms, key=str.lower):
        names = sorted(froms[module], key=lambda name: (not name[0].isupper(), name))
        blocks[_block(module)].append(f"from {module} import {', '.join(names)}")
    return "\n\n".join("\n".join(lines) for lines in blocks.values() if lines)


def _block(module: str) -> int:
    """Return which block of imports a module is of: the future, the standard library, others."""
    first, *_ = module.split(".")
    return 0 if first == "__future__" else 1 if first in sys.stdlib_module_names else 2


def _constants(config: RunConfig, step: int) -> str:
    lines = [
        f"RANDOM_STREAMS = {config.random_streams!r}  # the version of their mixture",
    ]
    if step:
        lines.append(f"STOP = {step!r}  # the step of the weights that were shown")
    return "\n".join(lines)


def _network_class(network: NetworkSource, config: RunConfig) -> str:
    learned = "log_sigma" in LIKELIHOODS[config.model.likelihood].parameters
    body = [
        "super().__init__()",
        "self.config = MODEL",
        *_sequential("self.encoder", network.encoder),
        *network.early,
        *_sequential("self.decoder", network.decoder),
        f"self.log_sigma = {'nn.Parameter(torch.zeros(()))' if learned else 'None'}",
    ]
    gives = "the code" if config.model.deterministic else "mu and logvar of q(z|x)"
    parts = [
        f"class {_class_name(config)}(nn.Module):\n"
        f'    """encoder: images -> {gives}. decoder: z -> logits of the image."""\n\n'
        "    def __init__(self):\n" + indent("\n".join(body), " " * 8),
        *(inspect.getsource(method).rstrip() for method in (VAE.decode, VAE.pixel_log_sigma)),
    ]
    return "\n\n".join(parts)


def _model(config: RunConfig) -> str:
    return (
        "torch.get_num_threads()  # torch 2.14 sets the number itself the first time\n"
        "torch.set_num_threads(TRAIN.threads)  # other sums round otherwise\n"
        "torch.manual_seed(TRAIN.seed)\n"
        f"model = {_class_name(config)}()"
    )


def _class_name(config: RunConfig) -> str:
    return "Autoencoder" if config.model.deterministic else "VAE"


def _sequential(name: str, layers: tuple[str, ...]) -> list[str]:
    return [f"{name} = nn.Sequential(", *(f"    {layer}," for layer in layers), ")"]
