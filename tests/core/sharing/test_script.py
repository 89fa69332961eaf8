"""The script of a run, run where the app is not, prints the losses of the trainer to the last bit."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.core.sharing.conftest import untrained
from tests.tiny import tiny_config
from vae_gui.core.datasets.base import ImageData
from vae_gui.core.datasets.digits import load
from vae_gui.core.sharing.script.write import script
from vae_gui.core.storage.workspace import Workspace
from vae_gui.core.support.errors import UserError
from vae_gui.core.support.progress import finish
from vae_gui.core.support.settings import SettingField, Value, settings_of
from vae_gui.core.vae.config import HyperparameterChange, RunConfig, TrainConfig
from vae_gui.core.vae.history import HistoryRows
from vae_gui.core.vae.likelihoods import LIKELIHOODS
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.random_streams import SHIFTED
from vae_gui.core.vae.trainer import Trainer

RUN_ALL = """
import runpy, sys
for path in sys.argv[1:]:
    print("script", path)
    runpy.run_path(path, run_name="__main__")
"""


def short(preset: str, **train: object) -> RunConfig:
    """Of a recipe, an epoch of few large batches."""
    entry = PRESETS[preset]
    values = {
        "batch_size": 480,
        "epochs": 1,
        "min_steps": 0,
        "threads": 1,
        "device": "cpu",
        "seed": 7,
    }
    return RunConfig(preset, "digits", entry.model, replace(entry.train, **(values | train)))


def with_likelihood(name: str, preset: str = "s3-mlp") -> RunConfig:
    config = short(preset)
    return replace(config, model=replace(config.model, likelihood=name))


CHANGES = (
    HyperparameterChange(1, "beta", 3.0),
    HyperparameterChange(2, "learning_rate", 2e-3),
    HyperparameterChange(4, "optimizer", 0),
)
RUNS = {
    **{f"{name} recipe": short(name) for name in PRESETS},
    **{name: with_likelihood(name) for name in LIKELIHOODS if name != "squared-error"},
    **{
        f"autoencoder, {name}": with_likelihood(name, "s1-ae-mlp")
        for name in ("bernoulli", "gaussian-learned")
    },
    "autoencoder, live changes": replace(short("s1-ae-mlp", epochs=2), changes=CHANGES),
    "exact EM": replace(
        short("s3-mlp", batch_size=24, epochs=2, em_from=0.05, em_until=0.6, blend_from=0.9),
        changes=CHANGES,
    ),
    "exact EM, learned sigma": replace(
        with_likelihood("gaussian-learned"),
        train=short("sharp-2d", epochs=2, em_until=0.5, blend_from=0.5, warmup_epochs=1.0).train,
    ),
    "warm-up": short("s3-mlp", epochs=2, warmup_epochs=1.5),
    "least steps": short("recommended", min_steps=5),
    "live changes": replace(short("recommended", epochs=2), changes=CHANGES),
    "first streams": replace(short("s3-mlp"), random_streams=SHIFTED),
}


@pytest.fixture(scope="module")
def digits() -> ImageData:
    return finish(load(Path(), False))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[list[float]]]:
    """The numbers of each line that the script of each run prints, all run in one process."""
    folder = tmp_path_factory.mktemp("scripts")
    names = {str(folder / f"{i}.py"): name for i, name in enumerate(RUNS)}
    for path, name in names.items():
        Path(path).write_text(script(untrained(RUNS[name])), encoding="utf-8")
    alone = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-P", "-c", RUN_ALL, *names],
        cwd=folder, env=alone, capture_output=True, text=True, encoding="utf-8",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, list[list[float]]] = {}
    for line in done.stdout.splitlines():
        if line.startswith("script "):
            lines = found[names[line.removeprefix("script ")]] = []
        else:
            lines.append([float(number) for number in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", line)])
    return found


def evaluations(config: RunConfig, data: ImageData) -> Iterator[list[float]]:
    """What the trainer measures at the end of each epoch."""
    trainer = Trainer(config, data, "run")
    while not trainer.finished:
        trainer.step()
        if trainer.epoch_is_complete:
            test = trainer.evaluate()
            assert test is not None
            values = [test.loss, test.reconstruction, test.kl]
            yield [test.step, *values[: 1 if config.model.deterministic else 3]]


@pytest.mark.timeout(300)  # the first one waits for all scripts
@pytest.mark.parametrize("name", RUNS)
def test_a_script_prints_the_losses_of_the_run(
    printed: dict[str, list[list[float]]], digits: ImageData, name: str
) -> None:
    expected = list(evaluations(RUNS[name], digits))
    assert expected
    assert printed[name] == expected


def test_a_script_has_nothing_of_this_package_and_no_dead_code(tmp_path: Path) -> None:
    for i, config in enumerate(RUNS.values()):
        source = script(untrained(config))
        assert "vae_gui" not in source
        (tmp_path / f"{i}.py").write_text(source, encoding="utf-8")
    done = linted(tmp_path, "E,F,W,I")
    assert done.returncode == 0, done.stdout


def linted(folder: Path, rules: str) -> "subprocess.CompletedProcess[str]":
    """What ruff says of the scripts in a folder; F821 is a name that nothing defines."""
    options = ["--isolated", "--no-cache", "--select", rules, "--ignore", "E501"]
    return subprocess.run(
        [sys.executable, "-m", "ruff", "check", *options, folder], capture_output=True, text=True
    )


def every_kind(preset: str) -> Iterator[RunConfig]:
    """A preset with each likelihood that it takes, and with each kind of live change and none."""
    for likelihood in LIKELIHOODS:
        if LIKELIHOODS[likelihood].scale == "error" and not PRESETS[preset].model.deterministic:
            continue  # squared error is no likelihood of a VAE
        config = with_likelihood(likelihood, preset)
        yield config
        yield from (replace(config, changes=(change,)) for change in CHANGES)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_likelihood_and_every_live_change_has_a_script_whose_names_are_known(
    preset: str, tmp_path: Path
) -> None:
    workspace = untrained(short(preset))
    for i, config in enumerate(every_kind(preset)):
        checkpoint = replace(workspace.checkpoint, config=config)
        source = script(replace(workspace, checkpoint=checkpoint))
        (tmp_path / f"{i}.py").write_text(source, encoding="utf-8")
    done = linted(tmp_path, "F")
    assert done.returncode == 0, done.stdout


def another(item: SettingField, value: Value) -> Value:
    """A value of a setting that it has not."""
    if item.kind is str:
        return next(choice for choice in item.setting.choices if choice != value)
    return value + 1 if item.kind is int else 0.9 * value + 0.01


@pytest.mark.parametrize("item", settings_of(TrainConfig), ids=lambda item: item.name)
def test_a_setting_changes_the_script_or_is_refused_or_changes_no_loss(item: SettingField) -> None:
    """Also a setting that is added tomorrow."""
    usual = short("sharp-2d", warmup_epochs=0.5, min_steps=1)
    if item.name == "patience":  # which a run with exact EM has none of
        usual = short("s3-mlp")
    value = another(item, getattr(usual.train, item.name))
    changed = replace(usual, train=replace(usual.train, **{item.name: value}))
    if item.name in ("patience", "precision", "held_out"):
        with pytest.raises(UserError, match=f"script does not know “{item.setting.label}”"):
            script(untrained(changed))
    else:
        is_other = script(untrained(changed)) != script(untrained(usual))
        assert is_other == (item.name != "device")


@pytest.mark.parametrize(
    ("trained_on", "equal"),
    [((), True), (("cpu",), True), (("cuda",), False), (("cpu", "mps"), False)],
)
def test_a_script_of_a_run_on_a_card_promises_no_equal_losses(
    trained_on: tuple[str, ...], equal: bool
) -> None:
    run = untrained(short("s3-mlp"))
    source = script(replace(run, checkpoint=replace(run.checkpoint, trained_on=trained_on)))
    assert ("to the last bit" in source) == equal
    assert f"trained on {trained_on[-1].upper()}," in source if not equal else True


def test_a_moment_of_a_run_is_rebuilt_up_to_there_with_its_last_test() -> None:
    run = untrained(short("s3-mlp", epochs=30))
    snapshot = replace(run.checkpoint.snapshot, step=4)
    tests = np.array([[0, 550, 545, 5], [3, 330.5, 325.5, 5], [6, 300, 295, 5]], np.float64)
    moment = replace(
        run,
        checkpoint=replace(run.checkpoint, snapshot=snapshot),
        history=HistoryRows(np.empty((0, 4)), tests),
    )
    source = script(moment)
    assert "STOP = 4 " in source
    assert "range(STOP)" in source
    assert "a loss of" not in source  # nobody measured these weights
    snapshot = replace(snapshot, step=3)
    measured = replace(moment, checkpoint=replace(run.checkpoint, snapshot=snapshot))
    assert "a loss of 330.5 at step 3." in script(measured)


@pytest.mark.parametrize(
    "config",
    [
        replace(tiny_config(), dataset="own:somewhere"),
        replace(tiny_config(), train=TrainConfig(patience=3)),
        tiny_config().longer(3, 9),
    ],
    ids=["own images", "patience", "extended"],
)
def test_what_a_script_cannot_repeat_is_said(config: RunConfig) -> None:
    workspace: Workspace = untrained(tiny_config())
    checkpoint = replace(workspace.checkpoint, config=config)
    with pytest.raises(UserError, match="script"):
        script(replace(workspace, checkpoint=checkpoint))
