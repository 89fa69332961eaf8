"""The ways in which a model leaves the app, besides pictures: one entry for each kind.

The Export menu and `vae-gui export NAME` are built from SHARES. Reading this module loads no torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from vae_gui.core.storage.workspace import Workspace
    from vae_gui.core.support.progress import Job


@dataclass(frozen=True, slots=True)
class Share:
    """One kind.

    suffix: of its file, as “.html”. write: of a workspace whose weights are float32, all or nothing; raises
    UserError where the model lacks what the kind needs.
    """

    name: str
    title: str
    description: str
    suffix: str
    write: Callable[[Workspace, Path], Job[Path]]


def _weights(workspace: Workspace, path: Path) -> Job[Path]:
    from vae_gui.core.sharing.weights import write_weights

    return write_weights(workspace, path)


def _onnx_decoder(workspace: Workspace, path: Path) -> Job[Path]:
    from vae_gui.core.sharing.onnx_model import write_decoder

    return write_decoder(workspace, path)


def _onnx_encoder(workspace: Workspace, path: Path) -> Job[Path]:
    from vae_gui.core.sharing.onnx_model import write_encoder

    return write_encoder(workspace, path)


def _model_card(workspace: Workspace, path: Path) -> Job[Path]:
    from vae_gui.core.sharing.model_card import write_card

    return write_card(workspace, path)


def _script(workspace: Workspace, path: Path) -> Job[Path]:
    from vae_gui.core.sharing.script.write import write_script

    return write_script(workspace, path)


def _web_page(workspace: Workspace, path: Path) -> Job[Path]:
    from vae_gui.core.sharing.web_page.page import write_web_page

    return write_web_page(workspace, path)


SHARES = {
    entry.name: entry
    for entry in (
        Share(
            "web-page",
            "Web page",
            "One page to send to anybody: pad, digit, strip and sliders, in any browser, without a network.",
            ".html",
            _web_page,
        ),
        Share(
            "weights",
            "Weights",
            "The state_dict alone, for PyTorch and all that reads safetensors.",
            ".safetensors",
            _weights,
        ),
        Share(
            "onnx-decoder",
            "ONNX decoder",
            "z to the mean image, for ONNX Runtime and all that reads ONNX.",
            ".onnx",
            _onnx_decoder,
        ),
        Share(
            "onnx-encoder",
            "ONNX encoder",
            "An image to μ and log σ², for ONNX Runtime and all that reads ONNX.",
            ".onnx",
            _onnx_encoder,
        ),
        Share(
            "model-card",
            "Model card",
            "What somebody has to know who is given the model, as Markdown with YAML for a model hub.",
            ".md",
            _model_card,
        ),
        Share(
            "script",
            "PyTorch script",
            "The run as one plain PyTorch file, which prints the same losses without the app.",
            ".py",
            _script,
        ),
    )
}
