"""Training: every setting is reached, a stopped run goes on as if it had not been, a repeated one is the same."""

import signal
import subprocess
import sys
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SMALL, Call, train
from tests.core.storage.workspaces import same
from tests.fake_windows import posix_only
from tests.waiting import WAIT_SECONDS
from vae_gui.cli.data import dataset_of
from vae_gui.core.storage.workspace import Workspace, load, save
from vae_gui.core.support.errors import UserError
from vae_gui.core.vae.config import HyperparameterChange, ModelConfig, TrainConfig
from vae_gui.core.vae.config_json import run_config_from_json
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.random_streams import NEWEST, SHIFTED
from vae_gui.core.vae.run_settings import MODEL_FIELDS, TRAIN_FIELDS

ROOT = Path(__file__).parent.parent.parent


def same_run(a: Workspace, b: Workspace) -> bool:
    """Weights, optimizer and every loss, to the last bit."""
    return (
        same(a.checkpoint.snapshot.weights, b.checkpoint.snapshot.weights)
        and same(a.checkpoint.optimizer, b.checkpoint.optimizer)
        and same(a.history, b.history)
    )


def test_an_epoch_is_one_line_for_people(call: Call, data: tuple[str, ...], tmp_path: Path) -> None:
    done = call("train", "--preset", "s3-mlp", *data, *SMALL, "--out", tmp_path / "a.vae")
    assert done.code == 0 and done.err == ""
    first, second, saved = done.out.splitlines()
    assert first.startswith("epoch   1/2") and second.startswith("epoch   2/2")
    assert "KL" in first and "images/s" in first and "Saved" in saved


def test_a_run_whose_steps_set_its_length_counts_steps(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    least = ("--set", "min_steps=7")  # in epochs of 2
    done = call("train", "--preset", "s3-mlp", *data, *SMALL, *least, "--out", tmp_path / "a.vae")
    places = [line.split("   train")[0].split() for line in done.out.splitlines()[:4]]
    assert places == [["step", f"{step}/7"] for step in (2, 4, 6, 7)]
    assert "poch" not in done.out + done.err


def test_a_run_whose_density_has_no_bound_is_warned_about(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    likelihood = ("--set", "likelihood=continuous-bernoulli")
    out = ("--out", tmp_path / "a.vae")
    done = call("train", "--preset", "s3-mlp", *data, *SMALL, *likelihood, *out, "--json")
    assert done.code == 0
    assert "no upper bound" in done.err
    assert all("test" in line for line in done.epochs)


def test_an_epoch_is_one_object_for_programs(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "a.vae"
    lines = call("train", "--preset", "s3-mlp", *data, *SMALL, "--out", out, "--json").epochs
    assert [line["epoch"] for line in lines] == [1, 2]
    for line in lines:
        assert set(line) == {"epoch", "train", "test", "seconds", "images_per_second"}
        assert set(line["train"]) == set(line["test"]) == {"loss", "reconstruction", "kl"}
    history = load(out).history
    assert history is not None
    test = lines[1]["test"]
    assert history.tests[-1].tolist() == [4, test["loss"], test["reconstruction"], test["kl"]]
    sizes = [32, 28]
    expected = np.average(history.steps[2:, 1], weights=sizes)
    assert lines[1]["train"]["loss"] == pytest.approx(expected)


def test_the_file_opens_on_the_images_it_was_tested_on(model: Path) -> None:
    workspace = load(model)
    assert workspace.title == "s3-mlp · MNIST"
    assert workspace.encodings is not None and len(workspace.encodings) == 40
    assert workspace.history is not None
    assert workspace.history.steps[:, 0].tolist() == [1, 2, 3, 4]
    assert workspace.history.tests[:, 0].tolist() == [0, 2, 4]


OTHER_VALUES = {
    "architecture": "mlp-400",
    "latent_dim": 3,
    "likelihood": "gaussian",
    "side": 28,
    "optimizer": "adamw",
    "learning_rate": 0.002,
    "schedule": "one-cycle",
    "batch_size": 20,
    "epochs": 1,
    "min_steps": 4,
    "beta": 0.5,
    "warmup_epochs": 0.5,
    "em_from": 0.0,
    "em_until": 0.0,
    "blend_from": 0.5,
    "input_noise": 0.1,
    "patience": 3,
    "held_out": 0.1,
    "seed": 8,
    "threads": 1,
    "precision": "bfloat16",
    "device": "cpu",
}


def test_every_setting_is_reached_by_its_name(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    assert set(OTHER_VALUES) == set(MODEL_FIELDS) | set(TRAIN_FIELDS)
    given = [part for name, value in OTHER_VALUES.items() for part in ("--set", f"{name}={value}")]
    out = tmp_path / "a.vae"
    assert call("train", "--preset", "s3-mlp", *data, *given, "--out", out).code == 0
    config = load(out).checkpoint.config
    assert config.model == ModelConfig(**{name: OTHER_VALUES[name] for name in MODEL_FIELDS})
    assert config.train == TrainConfig(**{name: OTHER_VALUES[name] for name in TRAIN_FIELDS})


def test_the_short_options_reach_the_same_settings(data: tuple[str, ...], tmp_path: Path) -> None:
    short = ("--latent-dim", "3", "--beta", "4", "--seed", "9")
    config = load(train(tmp_path / "a.vae", data, *short)).checkpoint.config
    preset = PRESETS["s3-mlp"]
    assert config.model == replace(preset.model, latent_dim=3)
    assert (config.train.beta, config.train.seed, config.train.epochs) == (4.0, 9, 2)


def test_a_repeated_run_is_the_same_bit_for_bit(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.vae"
    assert call("train", "--from", model, *data[2:], "--out", again).code == 0
    assert same_run(load(again), load(model))
    assert load(again).checkpoint.snapshot.run_id != load(model).checkpoint.snapshot.run_id


def test_a_repeated_run_may_differ_in_what_is_given(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    again = tmp_path / "again.vae"
    assert call("train", "--from", model, *data[2:], "--seed", 5, "--out", again).code == 0
    assert not same_run(load(again), load(model))


def test_an_older_run_repeats_with_its_random_streams_and_another_seed_takes_the_newest(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    older, again, other = (tmp_path / name for name in ("older.vae", "again.vae", "other.vae"))
    workspace = load(model)
    config = replace(workspace.checkpoint.config, random_streams=SHIFTED)
    save(replace(workspace, checkpoint=replace(workspace.checkpoint, config=config)), older)
    for more, out in ((), again), (("--seed", 5), other):
        assert (
            call("train", "--from", older, *data[2:], *more, "--out", out, "--overwrite").code == 0
        )
    assert load(again).checkpoint.config.random_streams == SHIFTED
    assert load(other).checkpoint.config.random_streams == NEWEST
    assert not same_run(load(again), load(model))


def test_a_resumed_run_equals_one_that_never_stopped(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    more, whole = tmp_path / "more.vae", tmp_path / "whole.vae"
    lines = call(
        "train", "--resume", model, *data[2:], "--epochs", 4, "--out", more, "--json"
    ).epochs
    assert [line["epoch"] for line in lines] == [3, 4]
    unbroken = call(
        "train", "--from", model, *data[2:], "--epochs", 4, "--out", whole, "--json"
    ).epochs
    assert same_run(load(more), load(whole))
    assert [line["train"] for line in lines] == [line["train"] for line in unbroken[2:]]
    assert load(more).checkpoint.snapshot.run_id == load(model).checkpoint.snapshot.run_id


def test_a_knob_that_is_turned_on_resuming_is_recorded_and_repeated(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    turned, again = tmp_path / "turned.vae", tmp_path / "again.vae"
    resume = ("train", "--resume", model, *data[2:], "--epochs", 4, "--beta", 0.1)
    assert call(*resume, "--out", turned).code == 0
    assert load(turned).checkpoint.config.changes == (
        HyperparameterChange(4, "epochs", 4.0),
        HyperparameterChange(4, "beta", 0.1),
    )
    assert call("train", "--from", turned, *data[2:], "--out", again).code == 0
    assert same_run(load(again), load(turned))


def start(data: tuple[str, ...], out: Path, *more: str) -> "subprocess.Popen[str]":
    arguments = [*data, *SMALL[2:], "--epochs", "10000", *more, "--out", str(out), "--json"]
    return subprocess.Popen(
        [sys.executable, "-m", "vae_gui", "train", "--preset", "s3-mlp", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@posix_only("Windows sends no SIGINT to a child")
def test_ctrl_c_keeps_what_was_learned_and_it_can_go_on(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    stopped, more, whole = (tmp_path / name for name in ("stopped.vae", "more.vae", "whole.vae"))
    process = start(data, stopped)
    assert process.stdout is not None
    for _ in range(2):  # the start, and the first epoch
        process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 130 and "Traceback" not in err
    step = load(stopped).checkpoint.snapshot.step
    assert step >= 2
    epochs = step // 2 + 2
    resume = call("train", "--resume", stopped, *data[2:], "--epochs", epochs, "--out", more)
    assert resume.code == 0
    assert call("train", "--from", more, *data[2:], "--out", whole).code == 0
    assert same_run(without_test_at(step, load(more)), without_test_at(step, load(whole)))


def without_test_at(step: int, workspace: Workspace) -> Workspace:
    """Leave out the losses of the test images at one step: a run that stops there looks at them once more."""
    history = workspace.history
    assert history is not None
    tests = history.tests[history.tests[:, 0] != step]
    return replace(workspace, history=replace(history, tests=tests))


def test_a_long_run_is_saved_while_it_goes_on(
    call: Call, data: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vae_gui.cli.train.AUTOSAVE_SECONDS", -1.0)
    monkeypatch.setattr("vae_gui.cli.train._save", crash)
    saved, whole = tmp_path / "saved.vae", tmp_path / "whole.vae"
    assert call("train", "--preset", "s3-mlp", *data, *SMALL, "--out", saved).code == 130
    monkeypatch.undo()
    assert same_run(load(saved), load(train(whole, data)))


def test_a_loss_that_is_no_number_ends_the_run_with_advice(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "a.vae"
    wild = ("--set", "learning_rate=10", "--set", "likelihood=gaussian-learned", "--epochs", 200)
    done = call("train", "--preset", "s3-mlp", *data, *SMALL, *wild, "--out", out, "--json")
    assert done.code == 2
    assert "lower the learning rate" in done.err and done.err.count("\n") == 1
    if done.epochs:
        assert load(out).checkpoint.snapshot.step == 2 * len(done.epochs)


def test_a_run_that_diverged_goes_on_from_its_last_good_epoch_with_a_lower_rate(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    wild, kept, more = (tmp_path / name for name in ("wild.vae", "kept.vae", "more.vae"))
    workspace = load(model)
    changes = (HyperparameterChange(4, "learning_rate", 10.0),)
    config = replace(workspace.checkpoint.config, changes=changes)
    save(replace(workspace, checkpoint=replace(workspace.checkpoint, config=config)), wild)
    done = call("train", "--from", wild, *data[2:], "--epochs", 5, "--out", kept)
    assert done.code == 2 and "after step 4: go on" in done.err
    assert same(load(kept).checkpoint.optimizer, workspace.checkpoint.optimizer)
    lower = ("--set", "learning_rate=1e-4", "--out", more)
    assert call("train", "--resume", kept, *data[2:], *lower).code == 0
    history = load(more).history
    assert history is not None and np.isfinite(history.steps).all()
    assert history.steps[:, 0].tolist() == list(range(1, 11))


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--preset", "s3-mlp"], "--preset and --dataset"),
        (["--dataset", "mnist"], "--preset and --dataset"),
        (["--preset", "s9", "--dataset", "mnist"], "no preset “s9”"),
        (["--preset", "s3-mlp", "--dataset", "letters"], "no data set “letters”"),
        (["--preset", "s3-mlp", "--dataset", "mnist", "--epochs", "x"], "whole number"),
        (["--preset", "s3-mlp", "--dataset", "mnist", "--epochs", "0"], "between 1 and"),
        (["--preset", "s3-mlp", "--dataset", "mnist", "--set", "beta"], "KEY=VALUE"),
        (["--preset", "s3-mlp", "--dataset", "mnist", "--set", "gamma=1"], "no setting “gamma”"),
        (["--preset", "s3-mlp", "--dataset", "mnist", "--set", "beta=nan"], "β is nan"),
        (["--preset", "s3-mlp", "--dataset", "mnist", "--set", "side=32"], "built for images"),
        (["--preset", "s3-mlp", "--dataset", "mnist", "--device", "tpu"], "cannot be “tpu”"),
        (["--resume", "MODEL", "--from", "MODEL"], "not allowed"),
        (["--resume", "MODEL"], "reached its end"),
        (["--resume", "MODEL", "--epochs", "4", "--seed", "3"], "cannot change within a run"),
        (["--resume", "MODEL", "--epochs", "4", "--beta", "-1"], "β is -1"),
        (["--from", "MODEL", "--preset", "s3-mlp"], "leave it out"),
        (["--from", "missing.vae"], "missing.vae"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line_and_code_2(
    call: Call,
    data_dir: Path,
    model: Path,
    tmp_path: Path,
    arguments: list[str],
    reason: str,
) -> None:
    given = [str(model) if part == "MODEL" else part for part in arguments]
    done = call("train", *given, "--data-dir", data_dir, "--out", tmp_path / "a.vae")
    assert (done.code, done.out) == (2, "")
    assert reason in done.err and done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_said_before_training(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    for out in (tmp_path, tmp_path / "gone" / "a.vae"):
        done = call("train", "--preset", "s3-mlp", *data, *SMALL, "--out", out)
        assert (done.code, done.out) == (2, "")


def test_a_data_set_that_is_not_there_is_not_fetched_unasked(call: Call, tmp_path: Path) -> None:
    given = ("--preset", "s3-mlp", "--dataset", "mnist", "--data-dir", tmp_path)
    done = call("train", *given, "--out", tmp_path / "a.vae")
    assert done.code == 2 and "--download" in done.err
    assert list(tmp_path.iterdir()) == []


def test_a_model_without_its_optimizer_is_not_resumed(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare.vae"
    workspace = load(model)
    save(replace(workspace, checkpoint=replace(workspace.checkpoint, optimizer={})), bare)
    done = call("train", "--resume", bare, *data[2:], "--epochs", 4, "--out", tmp_path / "a.vae")
    assert done.code == 2 and "--from" in done.err


def test_own_images_are_trained_on_by_their_path(call: Call, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 16), np.uint8)
    np.savez(tmp_path / "mine.npz", images=images)
    out = tmp_path / "a.vae"
    done = call(
        "train", "--preset", "s3-mlp", "--dataset", tmp_path / "mine.npz", *SMALL, "--out", out
    )
    assert done.code == 0, done.err
    config = load(out).checkpoint.config
    assert config.dataset.startswith("own-images:") and config.dataset.endswith(":mine.npz")
    assert str(tmp_path).encode() not in out.read_bytes()
    evaluate = ("evaluate", out, "--samples", 2, "--json")
    done = call(*evaluate)
    assert done.code == 2 and "add --dataset 'own:28:auto:0:FOLDER'" in done.err
    done = call(*evaluate, "--dataset", f"own:28:auto:0:{tmp_path / 'mine.npz'}")
    assert done.code == 0 and done.json["images"] == 4


def chosen(dataset: str | None) -> Namespace:
    """The options of a command that has data."""
    return Namespace(dataset=dataset, labels=None, test=None, test_labels=None)


def test_a_path_in_an_older_file_is_nothing_to_look_at() -> None:
    with pytest.raises(UserError, match="add --dataset 'own:28:auto:0:/usr' if that is right"):
        dataset_of(chosen(None), "own:28:auto:0:/usr")
    assert dataset_of(chosen("own:28:auto:0:/usr"), "mnist") == "own:28:auto:0:/usr"
    assert dataset_of(chosen(None), "mnist") == "mnist"


def test_a_timeline_is_kept_goes_on_with_a_resumed_run_and_is_shipped_as_decoders(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    out, shipped = tmp_path / "a.vae", tmp_path / "b.vae"
    train(out, data, "--timeline", "16")
    assert steps_of(out) == [0, 1, 2, 4]
    more = ("--resume", out, *data[2:], "--epochs", 4, "--out", out)
    assert call("train", *more).code == 0
    assert steps_of(out) == [0, 1, 2, 4, 8]
    assert call("ship", out, *data, "--out", shipped, "--originals", 20).code == 0
    assert steps_of(shipped) == [0, 1, 2, 4, 8]
    workspace = load(shipped)
    assert workspace.timeline is not None and workspace.originals is not None
    whole = [each.snapshot.has_encoder for each in workspace.timeline.entries]
    assert whole == [False, False, False, False, True]
    assert (len(workspace.originals.train), len(workspace.originals.test)) == (10, 10)


def test_without_the_option_there_is_no_timeline_and_a_number_out_of_range_is_refused(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path
) -> None:
    assert load(model).timeline is None
    for moments in ("0", "15", "1001", "many"):
        refused = call(
            "train", "--preset", "s3-mlp", *data, "--timeline", moments, "--out", tmp_path / "c.vae"
        )
        assert refused.code == 2 and "from 16 to 1000" in refused.err


def steps_of(path: Path) -> list[int]:
    timeline = load(path).timeline
    assert timeline is not None
    return [each.step for each in timeline.entries]


def test_epochs_that_are_given_are_the_length_of_a_run_whatever_the_recipe_asks_for(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    preset = PRESETS["recommended"]
    assert preset.train.min_steps == 1000
    out = tmp_path / "a.vae"
    done = call("train", "--preset", "recommended", *data, *SMALL, "--out", out)
    assert done.code == 0 and "epoch   2/2" in done.out
    workspace = load(out)
    assert workspace.checkpoint.snapshot.step == 4
    assert workspace.checkpoint.config.train.min_steps == 0
    both = ("--epochs", "1", "--set", "min_steps=3", "--set", "batch_size=32")
    assert (
        call("train", "--preset", "recommended", *data, *both, "--out", out, "--overwrite").code
        == 0
    )
    assert load(out).checkpoint.snapshot.step == 3


@pytest.mark.parametrize("name", ["z.txt", "z", "z.vae.gif"])
def test_a_workspace_ends_as_one(
    call: Call, data: tuple[str, ...], model: Path, tmp_path: Path, name: str
) -> None:
    out = tmp_path / name
    for command in (
        ("train", "--preset", "s3-mlp", *data, *SMALL),
        ("ship", model, *data),
    ):
        refused = call(*command, "--out", out)
        assert refused.code == 2 and "has to end in .vae" in refused.err
    assert not out.exists()


def test_a_toml_file_says_what_the_options_leave_open(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    config, out = tmp_path / "run.toml", tmp_path / "a.vae"
    config.write_text(
        'preset = "s3-mlp"\ndataset = "mnist"\nepochs = 1\nbeta = 4.0\nlatent_dim = 3\n'
        'batch_size = 32\nthreads = 1\ndevice = "cpu"\n'
    )
    assert (
        call("train", "--config", config, *data[2:], "--seed", 7, "--beta", 2, "--out", out).code
        == 0
    )
    kept = load(out).checkpoint.config
    assert (kept.preset, kept.model.latent_dim) == ("s3-mlp", 3)
    assert (kept.train.beta, kept.train.seed, kept.train.epochs) == (2.0, 7, 1)
    more = ("--set", "latent_dim=2", "--epochs", 2)
    assert (
        call("train", "--config", config, *data[2:], *more, "--out", out, "--overwrite").code == 0
    )
    kept = load(out).checkpoint.config
    assert (kept.model.latent_dim, kept.train.epochs, kept.train.beta) == (2, 2, 4.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("epochs = ", "is no TOML file"),
        ("epoch = 3", "no setting “epoch”"),
        ("epochs = 1.5", "whole number"),
        ("beta = true", "must be a number or a text"),
        ("beta = [1, 2]", "must be a number or a text"),
        ('preset = "no-such"', "no preset"),
    ],
)
def test_a_toml_file_that_cannot_be_taken_is_refused_in_a_sentence(
    call: Call, data: tuple[str, ...], tmp_path: Path, text: str, says: str
) -> None:
    config = tmp_path / "run.toml"
    config.write_text(text)
    preset = () if "preset" in text else ("--preset", "s3-mlp")
    done = call("train", "--config", config, *preset, *data, "--out", tmp_path / "a.vae")
    assert done.code == 2 and says in done.err and len(done.err.splitlines()) == 1
    missing = call("train", "--config", tmp_path / "no.toml", *data, "--out", tmp_path / "a.vae")
    assert missing.code == 2 and "no.toml" in missing.err


def test_a_run_for_programs_begins_with_what_it_is_and_ends_with_what_came_of_it(
    call: Call, data: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "a.vae"
    first, *epochs, last = call(
        "train", "--preset", "s3-mlp", *data, *SMALL, "--out", out, "--json"
    ).lines
    start, end, kept = first["start"], last["end"], load(out)
    assert run_config_from_json(start["config"]) == kept.checkpoint.config
    assert start["run_id"] == kept.checkpoint.snapshot.run_id
    assert (start["seed"], start["device"], start["parameters"]) == (0, "cpu", 404_244)
    assert (start["steps_done"], start["total_steps"]) == (0, 4)
    assert set(start["versions"]) == {"vae-explorer", "python", "torch", "numpy"}
    assert (end["out"], end["steps"], end["stopped"]) == (str(out), 4, False)
    assert end["test"] == epochs[-1]["test"]
