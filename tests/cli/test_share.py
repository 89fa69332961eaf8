"""`vae-gui export` of the model itself."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call
from vae_gui.core.sharing import SHARES


@pytest.mark.parametrize("name", SHARES)
def test_each_kind_is_written(call: Call, model: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / f"model{SHARES[name].suffix}"
    done = call("export", name, model, "--out", out, "--json")
    assert done.json == {"out": str(out), "bytes": out.stat().st_size}


def test_a_name_of_another_kind_is_refused(call: Call, model: Path, tmp_path: Path) -> None:
    done = call("export", "weights", model, "--out", tmp_path / "model.txt")
    assert done.code == 2
    assert ".safetensors" in done.err
    assert list(tmp_path.iterdir()) == []
