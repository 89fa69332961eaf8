"""The page of a model: its parts put into `page.html`, and the values of the model as JSON."""

import base64
import hashlib
import html
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_gui.core.datasets import things_of, title_of
from vae_gui.core.latent.start import informative_axes
from vae_gui.core.pictures.class_colors import class_color
from vae_gui.core.sharing.web_page.layers import plain_decoder
from vae_gui.core.state.latent import LatentState
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.files import atomic_write
from vae_gui.core.support.foreign_text import utf8
from vae_gui.core.support.progress import Job, Progress
from vae_gui.core.vae.encodings import Encodings, mu_range
from vae_gui.core.vae.held_out import TEST, measured_on
from vae_gui.core.vae.models.base import restore
from vae_gui.core.vae.presets import recipe_title

HERE = Path(__file__).parent
SCRIPTS = ("decoder.js", "space.js", "pad.js", "controls.js", "main.js")
MAX_POINTS, MAX_NUMBERS = 4000, 200_000  # of the encodings, and of all their dimensions
STEPS = 32_000  # of an int16, to the farthest encoding
MIN_REACH = 3.0  # of a slider


def write_web_page(workspace: Workspace, path: Path) -> Job[Path]:
    """One file that needs nothing else; raises UserError where its decoder has layers that the page has not."""
    yield Progress(0, None, "Writing")
    content = utf8(page(workspace))
    with atomic_write(path) as file:
        file.write(content)
    return path


def page(workspace: Workspace) -> str:
    """The HTML. Whatever a person named is escaped, and only the page's own script and style may run."""
    style = _read("page.css")
    script = "\n".join(_read(name) for name in SCRIPTS)
    parts = {
        "style_hash": _hash(style),
        "script_hash": _hash(script),
        "title": html.escape(workspace.title or "Latent space"),
        "things": html.escape(things_of(workspace.checkpoint.config.dataset)),
        "facts": html.escape(_facts(workspace)),
        "model": json.dumps(_model(workspace), separators=(",", ":")).replace("<", "\\u003c"),
        "style": style,
        "script": script,
    }
    before, *pieces = _read("page.html").split("{{")
    for piece in pieces:
        name, after = piece.split("}}", 1)
        before += parts[name] + after
    return before


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return the hash by which a Content-Security-Policy names an inline script or style."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _facts(workspace: Workspace) -> str:
    config, measured = workspace.checkpoint.config, workspace.test_row
    dims = config.model.latent_dim
    facts = [recipe_title(config.preset), title_of(config.dataset)]
    facts.append(f"{dims} latent dimension{'s' if dims > 1 else ''}")
    if not config.model.deterministic and measured is not None:
        _, _, reconstruction, kl = measured.tolist()
        of = "" if measured_on(config.train) == TEST else " of held-out images"
        facts.append(f"−ELBO {reconstruction + kl:.1f} nats{of}")
    return " · ".join(facts)


def _model(workspace: Workspace) -> dict[str, object]:
    snapshot, encodings = workspace.checkpoint.snapshot, workspace.encodings
    dims = snapshot.model.latent_dim
    decoder = plain_decoder(restore(snapshot))
    latent = workspace.latent or LatentState.origin(dims)
    axes = latent.axes if encodings is None else informative_axes(encodings)
    return {
        "latentDim": dims,
        "layers": decoder.layers,
        "weights": _base64(decoder.weights, "<f2"),
        "cursor": latent.cursor,
        "a": latent.a,
        "b": latent.b,
        "axes": (axes[0], -1 if dims == 1 else axes[1]),
        "ranges": [_reach(encodings, d) for d in range(dims)],
        "encodings": None if encodings is None or not len(encodings) else _encodings(encodings),
        "classes": _classes(encodings),
    }


def _reach(encodings: Encodings | None, dimension: int) -> tuple[float, float]:
    """Return the range of a slider, which covers the bulk of the prior and nearly all encodings."""
    low, high = (
        (0.0, 0.0) if encodings is None or not len(encodings) else mu_range(encodings, dimension)
    )
    return round(min(low, -MIN_REACH), 2), round(max(high, MIN_REACH), 2)


def _encodings(encodings: Encodings) -> dict[str, object]:
    """Thin the encodings evenly, and give μ in int16 steps of `scale`."""
    most = min(MAX_POINTS, MAX_NUMBERS // encodings.latent_dim)
    chosen = np.unique(np.linspace(0, len(encodings) - 1, most).astype(np.intp))
    mu = encodings.mu[chosen]
    scale = max(float(np.abs(mu).max()), 1e-6) / STEPS
    labels = None if encodings.labels is None else encodings.labels[chosen]
    return {
        "mu": _base64(np.rint(mu / scale), "<i2"),
        "scale": scale,
        "labels": None if labels is None else _base64(labels, "u1"),
    }


def _classes(encodings: Encodings | None) -> list[dict[str, str]]:
    names = () if encodings is None else encodings.class_names
    return [
        {
            "name": name,
            "dark": class_color(i, len(names), dark=True),
            "light": class_color(i, len(names), dark=False),
        }
        for i, name in enumerate(names)
    ]


def _base64(values: NDArray[np.generic], kind: str) -> str:
    return base64.b64encode(values.astype(kind).tobytes()).decode()
