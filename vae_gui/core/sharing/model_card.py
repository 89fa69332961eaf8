"""The model card: what somebody has to know who is given a model (Mitchell et al. 2019), as Markdown.

The YAML above it is that of the usual model hubs.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vae_gui.core.datasets import DATASETS, title_of
from vae_gui.core.sharing.metadata import portable
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.foreign_text import one_line, utf8
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.support.settings import settings_of
from vae_gui.core.vae.config import RunConfig, TrainConfig
from vae_gui.core.vae.held_out import IMAGES, TEST, measured_on
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.loss_terms import only_term, unit
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.snapshot import Checkpoint, Snapshot

UNKNOWN = "unknown"  # of a licence: nobody has chosen one
TASK = "unconditional-image-generation"
TAGS = ("variational-autoencoder", "latent-space", "safetensors")
# The last three make a link of an address by themselves.
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#]|@|:(?=//)|(?<=www)\.)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class MeasuredLosses:
    """Means over the images that `of` names, in the unit of `loss_terms`; of an autoencoder `kl` is 0.

    bound: the importance-weighted one of `samples` samples, where it was measured. images: how many, where known.
    """

    reconstruction: float
    kl: float
    images: int | None = None
    samples: int = 0
    bound: float | None = None
    of: str = TEST


def write_card(workspace: Workspace, path: Path) -> Job[Path]:
    """Write the card, with the losses of the test images that the run itself measured for these weights."""
    yield Progress(0, None, "Writing")
    text = model_card(workspace, measured_by_run(workspace), path.with_suffix(".vae").name)
    with atomic_write(path) as file:
        file.write(utf8(text))
    return path


def measured_by_run(workspace: Workspace) -> MeasuredLosses | None:
    """Return what the run measured for these weights; None where it did not."""
    row = workspace.test_row
    if row is None:
        return None
    _, _, reconstruction, kl = row.tolist()
    return MeasuredLosses(reconstruction, kl, of=measured_on(workspace.checkpoint.config.train))


def model_card(
    workspace: Workspace, measured: MeasuredLosses | None, file_name: str, licence: str = UNKNOWN
) -> str:
    """file_name: of the workspace that the card lies beside. licence: as the hubs write it, as “mit”."""
    config = portable(workspace.checkpoint.config)
    title = one_line(workspace.title) or "Model"
    parts = (
        front_matter(title, config, measured, licence),
        f"# {_plain(title)}\n\n{_what_it_is(config)}",
        _model(workspace.checkpoint.snapshot),
        _training(config, workspace.checkpoint),
        _evaluation(config, measured),
        _limits(config),
        _loading(config, file_name),
    )
    return "\n".join(f"{part}\n" for part in parts)


def front_matter(
    title: str, config: RunConfig, measured: MeasuredLosses | None, licence: str = UNKNOWN
) -> str:
    """YAML between two lines of three dashes."""
    known = config.dataset in DATASETS
    values: dict[str, object] = {
        "license": licence,
        "library_name": "vae-explorer",
        "pipeline_tag": TASK,
        "tags": list(TAGS),
    }
    if known:
        values["datasets"] = [config.dataset]
    if measured is not None:
        metrics = [
            {"type": kind, "name": f"{name}, {unit(config.model)}", "value": round(value, 4)}
            for kind, name, value in _metrics(config, measured)
            if math.isfinite(value)
        ]
        dataset = {
            "name": one_line(title_of(config.dataset)),
            "type": config.dataset if known else "own-images",
            "split": "test" if measured.of == TEST else "validation",
        }
        result = {"task": {"type": TASK}, "dataset": dataset, "metrics": metrics}
        values["model-index"] = [{"name": title, "results": [result]}]
    return "\n".join(("---", *_yaml(values), "---"))


def _yaml(values: Mapping[str, object], indent: str = "") -> Iterator[str]:
    """Block style; texts and numbers as JSON, which YAML reads too."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield f"{indent}{name}:"
            yield from _yaml(value, indent + "  ")
        elif isinstance(value, list):
            yield f"{indent}{name}:"
            for item in value:
                lines = _yaml(item) if isinstance(item, Mapping) else [json.dumps(item)]
                yield from (
                    f"{indent}{'  ' if row else '- '}{line}" for row, line in enumerate(lines)
                )
        else:
            yield f"{indent}{name}: {json.dumps(value, ensure_ascii=False)}"


def _metrics(config: RunConfig, measured: MeasuredLosses) -> list[tuple[str, str, float]]:
    """Type, name and value of what was measured."""
    term = only_term(config.model)
    if term is not None:
        return [(term.replace(" ", "-"), term.capitalize(), measured.reconstruction)]
    found = [
        ("negative-elbo", "−ELBO", measured.reconstruction + measured.kl),
        ("kl", "KL", measured.kl),
        ("reconstruction", "Reconstruction", measured.reconstruction),
    ]
    if measured.bound is not None:
        name = f"Importance-weighted bound, K = {measured.samples}"
        found.append(("negative-importance-weighted-bound", name, -measured.bound))
    return found


def _what_it_is(config: RunConfig) -> str:
    model = config.model
    kind = "plain autoencoder" if model.deterministic else "variational autoencoder"
    dims = f"{model.latent_dim} latent dimension{'s' * (model.latent_dim != 1)}"
    return (
        f"A {kind} of grey images of {model.side}×{model.side} pixels with {dims}, trained on "
        f"{_plain(title_of(config.dataset))}. It was made with VAE explorer, which opens it."
    )


def _model(snapshot: Snapshot) -> str:
    model, arrays = snapshot.model, snapshot.weights.values()
    kinds = sorted({str(array.dtype) for array in arrays if array.dtype.kind == "f"})
    rows = {
        "Architecture": MODELS[model.architecture].title,
        "Latent dimensions": model.latent_dim,
        "p(x|z) of a pixel": LIKELIHOODS[model.likelihood].title,
        "Numbers in its weights": _grouped(sum(array.size for array in arrays)),
        "Kept as": ", ".join(kinds),
    }
    return f"## Model\n\n{_table(rows)}"


def _training(config: RunConfig, checkpoint: Checkpoint) -> str:
    preset, step = PRESETS.get(config.preset), checkpoint.snapshot.step
    rows: dict[str, object] = {
        "Recipe": config.preset if preset is None else f"{preset.title} ({preset.name})",
        "Data set": title_of(config.dataset),
        "Steps": _grouped(step),
    }
    for item in settings_of(TrainConfig):
        value = getattr(config.train_at(step), item.name)
        number = f"{value:g}" if isinstance(value, float) else value
        rows[item.setting.label] = f"{number} {item.setting.unit}".strip()
    if checkpoint.trained_on:
        rows["Trained on"] = ", then ".join(kind.upper() for kind in checkpoint.trained_on)
    text = f"## Training\n\n{_table(rows)}"
    changes = [change for change in config.changes if change.step <= step]
    if changes:
        text += f"\n\nSettings were changed {len(changes)} times meanwhile; the file says when and to what."
    return text


def _evaluation(config: RunConfig, measured: MeasuredLosses | None) -> str:
    if measured is None:
        return "## Evaluation\n\nNothing was measured."
    images = (
        f"the {IMAGES[measured.of]}"
        if measured.images is None
        else f"{_grouped(measured.images)} {IMAGES[measured.of]}"
    )
    rows = {name: f"{value:.2f}" for _, name, value in _metrics(config, measured)}
    text = f"## Evaluation\n\nOn {images}, {unit(config.model)}:\n\n{_table(rows)}"
    if not config.model.deterministic:
        text += "\n\n−ELBO is reconstruction + KL at β = 1, with one sample of z per image; lower is better."
    if config.train.chosen_by_test:
        text += "\n\nThe test images chose these weights (patience), so their loss is a little too good."
    return text


def _limits(config: RunConfig) -> str:
    model = config.model
    likelihood = LIKELIHOODS[model.likelihood]
    limits = [
        f"It takes images of {model.side}×{model.side} pixels, bright on dark, as in its training; of anything else "
        "it makes what it knows.",
        "A decoded image is the mean of p(x|z), which is smoother than any image of the data set.",
        "Far from the encodings of the data set, a z decodes to something that nobody has checked.",
        f"{likelihood.title}: {likelihood.help}",
    ]
    if model.deterministic:
        limits.append("A plain autoencoder has no prior: there is nothing to sample z from.")
    return "## Limits\n\n" + "\n".join(f"- {_plain(limit)}" for limit in limits)


def _loading(config: RunConfig, file_name: str) -> str:
    file, zeros = (
        json.dumps(one_line(file_name), ensure_ascii=False),
        [0.0] * config.model.latent_dim,
    )
    return f"""## Use

With VAE explorer, z to images (n, {config.model.side}, {config.model.side}) in 0…1:

```python
from vae_gui import load

model = load({file})
images = model.decode([{zeros}])
```

Without it, as the file is one of safetensors:

```python
from safetensors.numpy import load_file

arrays = load_file({file})
state_dict = {{k.removeprefix("weights/"): v for k, v in arrays.items() if k.startswith("weights/")}}
```"""


def _table(rows: Mapping[str, object]) -> str:
    lines = (f"| {_plain(name)} | {_plain(str(value))} |" for name, value in rows.items())
    return "\n".join(("| | |", "|---|---|", *lines))


def _plain(text: str) -> str:
    """Put a text on one line and escape its Markdown."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def _grouped(count: int) -> str:
    return f"{count:,}".replace(",", " ")
