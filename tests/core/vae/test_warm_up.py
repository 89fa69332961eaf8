"""Once optimizers are warm, no thread imports any more of torch: two that did met half of torch._dynamo."""

import ast
import subprocess
import sys

from tests.conftest import REPOSITORY
from tests.waiting import WAIT_SECONDS

SCRIPT = """
import sys
import numpy as np
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.vae.warm_up import warm_up_training
warm_up_training()
from vae_gui.core.paths.geodesic import geodesic
from vae_gui.core.support.progress import finish
from vae_gui.core.vae.models import MODELS
from vae_gui.core.vae.trainer import Trainer
warm = set(sys.modules)
for architecture in MODELS:
    for optimizer in ("adam", "adamw"):
        config = tiny_config(architecture, optimizer=optimizer)
        trainer = Trainer(config, tiny_data(), "run")
        trainer.step()
        trainer.evaluate(stopped=lambda: False)
        checkpoint = trainer.checkpoint()
        Trainer(config, tiny_data(), "run", checkpoint).step()
finish(geodesic(checkpoint.snapshot, np.array([[-1.0, 0], [1, 0]]), 8))
print([name for name in set(sys.modules) - warm if name.split(".")[0] == "torch"])
"""


def test_neither_training_nor_a_geodesic_imports_more_of_torch() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        timeout=WAIT_SECONDS,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_whoever_makes_an_optimizer_warms_it_up_first() -> None:
    for path in (REPOSITORY / "vae_gui").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        tree = ast.walk(ast.parse(text))
        makes = any(
            isinstance(node, ast.Attribute) and ast.unparse(node.value) == "torch.optim"
            for node in tree
        )
        # The thread that builds a Trainer has warmed up everything that training needs.
        if makes and path.name != "optimizers.py":
            assert "warm_up_optimizers()" in text, path
    loop = REPOSITORY / "vae_gui" / "core" / "vae" / "run" / "loop.py"
    source = loop.read_text(encoding="utf-8")
    assert source.index("warm_up_training()") < source.index("return Trainer(")
