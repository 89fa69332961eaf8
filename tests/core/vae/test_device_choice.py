"""`auto` takes what is faster for the model, measured once for a machine, recipe and version."""

import json
import math
from dataclasses import replace
from pathlib import Path

import pytest

from tests.pretended_device import pretended_device
from tests.tiny import tiny_config, tiny_data
from vae_gui.core.support.app_folder import app_folder
from vae_gui.core.vae import device_choice
from vae_gui.core.vae.config import ModelConfig, RunConfig
from vae_gui.core.vae.device_choice import DeviceChoice, choose, seconds_a_step
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.run.loop import TrainingLoop
from vae_gui.core.vae.run.messages import Ended, Message, RunRequest, Started
from vae_gui.core.vae.trainer import Trainer

DATA = tiny_data()
AUTO = tiny_config(device="auto")
KINDS = ("cuda", "mps")


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The devices that are measured; the card takes 2 ms a step, the CPU 3."""
    return measuring(monkeypatch, card=0.002, cpu=0.003)


def measuring(monkeypatch: pytest.MonkeyPatch, card: float, cpu: float) -> list[str]:
    asked: list[str] = []

    def measure(config: RunConfig, data: object, kind: str) -> float:
        asked.append(kind)
        return cpu if kind == "cpu" else card

    monkeypatch.setattr(device_choice, "seconds_a_step", measure)
    return asked


@pytest.mark.parametrize("kind", KINDS)
def test_auto_takes_the_faster_and_says_why(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(monkeypatch, card=0.002, cpu=0.003)
    with pretended_device(kind):
        assert choose(AUTO, DATA) == DeviceChoice(kind, "2.0 ms a step, 3.0 on cpu")
        measuring(monkeypatch, card=0.0074, cpu=0.0031)
        other = replace(AUTO, model=ModelConfig("mlp-256", 5))
        assert choose(other, DATA) == DeviceChoice("cpu", f"3.1 ms a step, 7.4 on {kind}")


def test_it_is_measured_once_for_a_recipe_and_version(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pretended_device("mps"):
        first = choose(AUTO, DATA)
        assert asked == ["mps", "cpu"] and choose(AUTO, DATA) == first and len(asked) == 2
        seed = replace(AUTO, train=replace(AUTO.train, seed=9, epochs=7))
        assert choose(seed, DATA) == first and len(asked) == 2
        larger = replace(AUTO, train=replace(AUTO.train, batch_size=32))
        assert choose(larger, DATA) == first and len(asked) == 4
        monkeypatch.setattr(device_choice, "__version__", "another")
        assert choose(AUTO, DATA) == first and len(asked) == 6


def times_file() -> Path:
    (path,) = app_folder().glob("*.json")
    return path


@pytest.mark.parametrize("content", [b"", b"[]", b'{"a": 3}', b'{"a": {"cpu": "fast"}}', b"\xff"])
def test_what_is_kept_and_not_whole_is_measured_again(asked: list[str], content: bytes) -> None:
    with pretended_device("mps"):
        choose(AUTO, DATA)
        times_file().write_bytes(content)
        assert choose(AUTO, DATA).device == "mps" and len(asked) == 4
        assert choose(AUTO, DATA).device == "mps" and len(asked) == 4


def test_what_is_kept_is_bounded(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_choice, "MAX_KNOWN", 3)
    with pretended_device("mps"):
        for size in (4, 8, 16, 32, 48):
            choose(replace(AUTO, train=replace(AUTO.train, batch_size=size)), DATA)
    assert len(json.loads(times_file().read_bytes())) == 3


def test_a_card_that_cannot_train_the_model_leaves_the_cpu_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = measuring(monkeypatch, card=math.inf, cpu=0.1)
    with pretended_device("cuda"):
        for count in (2, 4):
            assert choose(AUTO, DATA) == DeviceChoice("cpu", "CUDA cannot train this model")
            assert len(asked) == count


def test_a_device_that_is_named_is_not_measured(asked: list[str]) -> None:
    with pretended_device("cuda"):
        assert choose(tiny_config(device="cuda"), DATA) == DeviceChoice("cuda")
        assert choose(AUTO, DATA, wanted="cpu") == DeviceChoice("cpu")
    assert choose(AUTO, DATA) == DeviceChoice("cpu") and asked == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_measurement_is_of_real_steps_and_of_bounded_work(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken, now = [], [0.0]
    take = Trainer.step

    def step(trainer: Trainer):
        taken.append(trainer.device.type)
        now[0] += 0.01
        return take(trainer)

    monkeypatch.setattr(Trainer, "step", step)
    monkeypatch.setattr(device_choice.time, "perf_counter", lambda: now[0])
    with pretended_device(kind):
        assert seconds_a_step(AUTO, DATA, kind) == pytest.approx(0.01)
    assert set(taken) == {kind}
    assert len(taken) <= device_choice.MAX_SECONDS / 0.01 + 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_that_fails_takes_for_ever(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(trainer: Trainer) -> None:
        raise NotImplementedError("The operator is not implemented for the MPS device.")

    monkeypatch.setattr(Trainer, "step", fail)
    with pretended_device(kind):
        assert seconds_a_step(AUTO, DATA, kind) == math.inf


@pytest.mark.parametrize("kind", KINDS)
def test_the_run_is_where_the_choice_is_and_its_setting_stays(kind: str, asked: list[str]) -> None:
    told: list[Message] = []
    with pretended_device(kind):
        TrainingLoop(RunRequest(AUTO, DATA, "run"), math.inf, told.append).run()
        run = HeadlessRun(AUTO, DATA, "run")
    started, ended = told[0], told[-1]
    assert isinstance(started, Started) and isinstance(ended, Ended) and ended.checkpoint
    assert (started.device, started.why) == (kind, "2.0 ms a step, 3.0 on cpu")
    assert ended.checkpoint.trained_on == (kind,)
    assert ended.checkpoint.config.train.device == "auto"
    assert run.trainer.device.type == kind and run.trainer.config.train.device == "auto"


def test_what_is_asked_for_this_time_goes_before_the_setting(asked: list[str]) -> None:
    told: list[Message] = []
    with pretended_device("cuda"):
        on_card = tiny_config(device="cuda")
        request = RunRequest(on_card, DATA, "run", device="cpu")
        TrainingLoop(request, math.inf, told.append).run()
    ended = told[-1]
    assert isinstance(ended, Ended) and ended.checkpoint
    assert ended.checkpoint.trained_on == ("cpu",)
    assert ended.checkpoint.config.train.device == "cuda" and request.on_cpu
