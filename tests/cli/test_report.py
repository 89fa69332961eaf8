"""Presets, data sets, info, evaluate, ship, self-check: what they say and in which form."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Call, train
from vae_gui.cli import self_check
from vae_gui.core.storage.workspace import load, save
from vae_gui.core.vae.encodings import kl_per_dimension
from vae_gui.core.vae.presets import PRESETS


def test_presets_are_listed_with_their_parameters(call: Call) -> None:
    rows = {row["name"]: row for row in call("presets", "--json").json}
    assert list(rows) == list(PRESETS)
    assert rows["s3-mlp"] == {
        "name": "s3-mlp",
        "architecture": "mlp-256",
        "latent_dim": 2,
        "likelihood": "bernoulli",
        "optimizer": "adam",
        "learning_rate": 1e-3,
        "batch_size": 128,
        "epochs": 30,
        "parameters": 404_244,
    }
    assert rows["s2-conv"]["parameters"] == 1_303_381
    table = call("presets").out.splitlines()
    assert table[0].startswith("name") and len(table) == 1 + len(PRESETS)


def test_data_sets_are_listed_with_what_is_here(call: Call, data_dir: Path, tmp_path: Path) -> None:
    rows = {r["name"]: r for r in call("datasets", "--data-dir", data_dir, "--json").json}
    assert rows["mnist"] == {
        "name": "mnist",
        "available": True,
        "images": 70_000,
        "shape": [28, 28],
        "classes": 10,
    }
    assert rows["digits"]["available"] is True
    absent = {r["name"]: r for r in call("datasets", "--data-dir", tmp_path, "--json").json}
    assert absent["mnist"]["available"] is False
    assert "28×28" in call("datasets").out


def test_info_says_what_the_file_holds_without_torch(call: Call, model: Path) -> None:
    info = call("info", model, "--json").json
    workspace = load(model)
    assert workspace.encodings is not None and workspace.history is not None
    assert info["config"]["train"]["batch_size"] == 32 and info["step"] == 4
    assert info["latent_dim"] == 2 and info["resumable"] is True
    assert info["trained_on"] == ["cpu"] and "device  CPU" in call("info", model).out
    assert info["last_metrics"]["test"]["loss"] == workspace.history.tests[-1, 1]
    assert info["last_metrics"]["train"]["step"] == 4
    assert info["kl_per_dimension"] == pytest.approx(kl_per_dimension(workspace.encodings))
    assert info["active_units"] in (0, 1, 2)
    assert "mlp-256" in call("info", model).out


def test_info_of_an_autoencoder_and_of_a_bare_file(
    call: Call, autoencoder: Path, model: Path, tmp_path: Path
) -> None:
    assert call("info", autoencoder, "--json").json["kl_per_dimension"] is None
    assert "no posterior" in call("info", autoencoder).out
    bare = tmp_path / "bare.vae"
    save(replace(load(model), encodings=None, history=None), bare)
    info = call("info", bare, "--json").json
    assert info["active_units"] is None and info["last_metrics"] == {"train": None, "test": None}
    assert "not known" in call("info", bare).out


def test_evaluate_gives_the_elbo_of_the_last_epoch_and_a_tighter_bound(
    call: Call, model: Path, data: tuple[str, ...]
) -> None:
    values = call("evaluate", model, *data, "--samples", 16, "--json").json
    history = load(model).history
    assert history is not None
    assert -values["elbo"] == pytest.approx(history.tests[-1, 1], rel=1e-5)
    assert values["elbo"] == pytest.approx(-values["reconstruction"] - values["kl"])
    assert values["importance_weighted_bound"] > values["elbo"]
    assert (values["images"], values["samples"], values["squared_error"]) == (40, 16, None)
    assert "ELBO" in call("evaluate", model, *data, "--samples", 2).out


def test_weights_that_the_test_loss_chose_say_so(
    call: Call, model: Path, data: tuple[str, ...], tmp_path: Path
) -> None:
    patient = train(tmp_path / "patient.vae", data, "--set", "patience=2")
    for command in (("info",), ("evaluate", *data, "--samples", 0)):
        for file, chosen in ((patient, True), (model, False)):
            said = (command[0], file, *command[1:])
            assert call(*said, "--json").json["chosen_by_test_loss"] is chosen
            assert ("test images chose" in call(*said).out) is chosen


def test_evaluate_says_that_an_autoencoder_has_no_elbo(
    call: Call, autoencoder: Path, data: tuple[str, ...]
) -> None:
    values = call("evaluate", autoencoder, *data, "--json").json
    assert values["elbo"] is None and values["importance_weighted_bound"] is None
    assert values["squared_error"] > 0
    assert "no ELBO" in call("evaluate", autoencoder, *data).out


@pytest.mark.parametrize("samples", ["-1", "10001", "x"])
def test_a_wrong_number_of_samples_is_refused(
    call: Call, model: Path, data: tuple[str, ...], samples: str
) -> None:
    done = call("evaluate", model, *data, f"--samples={samples}")
    assert done.code == 2 and done.err.count("\n") == 1


@pytest.mark.parametrize("command", ["info", "evaluate", "ship"])
def test_a_file_that_is_no_workspace_is_refused(call: Call, tmp_path: Path, command: str) -> None:
    (tmp_path / "a.vae").write_bytes(b"something else")
    out = ("--out", tmp_path / "b.vae") if command == "ship" else ()
    done = call(command, tmp_path / "a.vae", *out)
    assert (done.code, done.out, done.err.count("\n")) == (2, "", 1)
    assert "damaged" in done.err


def test_a_shipped_model_is_half_as_large_and_complete(
    call: Call, model: Path, data: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "shipped.vae"
    said = call("ship", model, *data, "--out", out, "--title", "Ready", "--json").json
    shipped, source = load(out), load(model)
    assert shipped.title == "Ready" and not shipped.checkpoint.optimizer
    for array in shipped.checkpoint.snapshot.weights.values():
        assert array.dtype == np.float16
    measured = call("evaluate", out, *data, "--samples", 0, "--json").json
    assert said["negative_elbo"] == -measured["elbo"]
    assert said["negative_elbo"] != -call("evaluate", model, *data, "--json").json["elbo"]
    assert said["bytes"] == out.stat().st_size < model.stat().st_size / 3
    assert shipped.statistics is not None and shipped.statistics.count.tolist() == [6] * 10
    assert shipped.density is not None and shipped.encodings is not None
    assert len(shipped.encodings) == 40 and source.density is None
    mu, labels = shipped.encodings.mu, shipped.encodings.labels
    assert shipped.latent is not None
    places = (shipped.latent.a, shipped.latent.b, shipped.latent.cursor)
    for place, label in zip(places, (0, 7, 3), strict=True):
        assert place == pytest.approx(np.median(mu[labels == label], axis=0))


def test_models_without_a_plane_or_a_posterior_are_shipped_too(
    call: Call, autoencoder: Path, data: tuple[str, ...], tmp_path: Path
) -> None:
    cube = train(tmp_path / "cube.vae", data, "--latent-dim", "3")
    for file in (cube, autoencoder):
        out = tmp_path / f"shipped-{file.stem}.vae"
        assert call("ship", file, *data, "--out", out).code == 0
        assert load(out).density is None and load(out).statistics is not None


def test_self_check_reports_in_a_process_of_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vae_gui", "self-check", "--json"],
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
    )
    report = json.loads(done.stdout)
    assert set(report) == {"ok", "checks"} and done.returncode == (0 if report["ok"] else 1)
    checks = {check["name"]: check for check in report["checks"]}
    assert {"Python", "torch", "PySide6-Essentials", "device", "Qt platform"} <= set(checks)
    assert checks["Qt platform"]["value"] == "offscreen" and checks["torch"]["ok"]
    for check in checks.values():
        assert set(check) == {"name", "ok", "value", "mend"}
        assert check["ok"] == (check["mend"] == "")


def test_what_ships_beside_the_code_is_looked_for(
    call: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    good = {check["name"]: check for check in call("self-check", "--json").json["checks"]}
    assert good["resources"]["ok"]
    (tmp_path / "icons").mkdir()
    monkeypatch.setattr(self_check, "resources_dir", lambda: tmp_path)
    outcome = call("self-check", "--json")
    bad = {check["name"]: check for check in outcome.json["checks"]}["resources"]
    assert outcome.code == 1 and not bad["ok"]
    assert "pretrained.vae" in bad["value"] and "icons" not in bad["value"]
    assert "pip install --force-reinstall vae-explorer" in bad["mend"]


def test_any_split_is_measured_and_named(call: Call, model: Path, data: tuple[str, ...]) -> None:
    found = {
        split: call("evaluate", model, *data, "--split", split, "--samples", 0, "--json").json
        for split in ("train", "test", "all")
    }
    assert {split: values["images"] for split, values in found.items()} == {
        "train": 60, "test": 40, "all": 100
    }  # fmt: skip
    assert found["train"]["elbo"] != found["test"]["elbo"]
    assert call("evaluate", model, *data, "--samples", 0, "--json").json == found["test"]
    said = call("evaluate", model, *data, "--split", "train", "--samples", 0).out
    assert "60 training images, at step 4" in said
    assert "100 images, at step 4" in call("evaluate", model, *data, "--split", "all").out
    mean = 0.6 * found["train"]["kl"] + 0.4 * found["test"]["kl"]
    assert found["all"]["kl"] == pytest.approx(mean, rel=1e-5)  # it draws nothing


def test_a_shipped_model_comes_with_a_card_of_what_was_measured(
    call: Call, model: Path, data: tuple[str, ...], tmp_path: Path
) -> None:
    out, card = tmp_path / "shipped.vae", tmp_path / "README.md"
    options = ("--out", out, "--card", card, "--license", "mit", "--originals", 0)
    said = call("ship", model, *data, *options, "--json").json
    text = card.read_text(encoding="utf-8")
    assert 'license: "mit"' in text and 'load("shipped.vae")' in text
    assert f"| −ELBO | {said['negative_elbo']:.2f} |" in text
    refused = call("ship", model, *data, "--out", tmp_path / "b.vae", "--card", tmp_path / "b.txt")
    assert refused.code == 2 and ".md" in refused.err and not (tmp_path / "b.vae").exists()
