"""The model card: what hubs read of it, what it says, and that its code runs."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from tests.core.sharing.conftest import untrained, write
from tests.tiny import tiny_config
from vae_gui.core.sharing.model_card import MeasuredLosses, model_card
from vae_gui.core.storage.workspace import Workspace, save
from vae_gui.core.vae.history import HistoryRows

MEASURED = MeasuredLosses(120.25, 6.5, 20)


def parts(text: str) -> tuple[dict[str, object], str]:
    """The YAML, and the text below it."""
    empty, front, body = text.split("---\n", 2)
    assert empty == ""
    return yaml.safe_load(front), body


def metrics(front: dict[str, object]) -> dict[str, float]:
    ((result,),) = (model["results"] for model in front["model-index"])
    return {metric["type"]: metric["value"] for metric in result["metrics"]}


def test_hubs_read_the_licence_the_data_and_the_losses(workspace: Workspace) -> None:
    front, body = parts(model_card(workspace, MEASURED, "bars.vae", "mit"))
    assert (front["license"], front["datasets"]) == ("mit", ["digits"])
    assert metrics(front) == {"negative-elbo": 126.75, "kl": 6.5, "reconstruction": 120.25}
    assert front["model-index"][0]["name"] == "Bars"
    assert "| −ELBO | 126.75 |" in body and "On 20 test images, nats per image" in body


def test_it_says_how_the_model_was_trained(workspace: Workspace) -> None:
    _, body = parts(model_card(workspace, None, "bars.vae"))
    for line in ("| Batch size | 16 images |", "| Learning rate | 0.001 |", "| Seed | 0 |"):
        assert line in body
    assert "Nothing was measured." in body


def test_it_says_where_the_model_was_trained(workspace: Workspace) -> None:
    checkpoint = replace(workspace.checkpoint, trained_on=("cuda", "cpu"))
    _, body = parts(model_card(replace(workspace, checkpoint=checkpoint), None, "bars.vae"))
    assert "| Trained on | CUDA, then CPU |" in body
    unknown = replace(workspace, checkpoint=replace(checkpoint, trained_on=()))
    assert "Trained on" not in model_card(unknown, None, "bars.vae")


def test_an_autoencoder_has_one_loss_and_no_elbo() -> None:
    config = tiny_config("autoencoder-512")
    config = replace(config, model=replace(config.model, likelihood="squared-error"))
    front, body = parts(model_card(untrained(config), MeasuredLosses(30.5, 0), "bars.vae"))
    assert metrics(front) == {"squared-error": 30.5}
    assert "plain autoencoder" in body and "−ELBO" not in body and "no prior" in body


def test_the_losses_are_those_of_the_moment_that_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    tests = np.array([[1, 0, 50, 5], [3, 0, 40, 4], [9, 0, 30, 3]], float)
    checkpoint = workspace.checkpoint
    moment = replace(
        workspace,
        history=HistoryRows(tests, tests),
        checkpoint=replace(checkpoint, snapshot=replace(checkpoint.snapshot, step=3)),
    )
    front, _ = parts(write("model-card", moment, tmp_path).read_text(encoding="utf-8"))
    assert metrics(front)["negative-elbo"] == 44
    checkpoint = replace(moment.checkpoint, snapshot=replace(checkpoint.snapshot, step=5))
    unmeasured = replace(moment, checkpoint=checkpoint)
    front, _ = parts(write("model-card", unmeasured, tmp_path).read_text(encoding="utf-8"))
    assert "model-index" not in front


def test_losses_that_are_no_numbers_are_in_no_metric(workspace: Workspace) -> None:
    front, _ = parts(model_card(workspace, MeasuredLosses(float("nan"), 1.0), "bars.vae"))
    assert metrics(front) == {"kl": 1.0}


@pytest.mark.parametrize("title", ['"---\n', "# a | b\x1b\u2028", "<b>: {x} &y", "\ud800é"])
def test_a_title_of_any_characters_breaks_neither_yaml_nor_table(
    workspace: Workspace, title: str
) -> None:
    config = replace(workspace.checkpoint.config, dataset=f"own:28:auto:0:/home/someone/{title}")
    strange = replace(
        workspace, title=title, checkpoint=replace(workspace.checkpoint, config=config)
    )
    text = model_card(strange, MEASURED, f"{title}.vae")
    front, body = parts(text)
    text.encode()
    assert "datasets" not in front and "someone" not in text
    assert (
        front["model-index"][0]["name"].split()
        == "".join(c if c.isprintable() else " " for c in title).split()
    )
    assert all(
        len(re.findall(r"(?<!\\)\|", row)) == 3 for row in body.splitlines() if row[:1] == "|"
    )


def test_the_code_of_the_card_runs(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    save(workspace, tmp_path / "model.vae")
    text = write("model-card", workspace, tmp_path).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    known: dict[str, object] = {}
    for block in blocks:
        exec(block, known)
    assert known["images"].shape == (1, 28, 28)
    weights = workspace.checkpoint.snapshot.weights
    assert known["state_dict"].keys() == weights.keys()
    assert all((known["state_dict"][name] == weights[name]).all() for name in weights)
