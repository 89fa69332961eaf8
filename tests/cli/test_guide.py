"""What the guide tells people to type exists, and runs as it is written, page by page in one folder."""

import argparse
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Call
from tests.conftest import REPOSITORY, replace_digits
from tests.tiny import tiny_config, tiny_data
from vae_gui.cli import COMMANDS
from vae_gui.cli.parser import build_parser
from vae_gui.core.datasets import DATASETS
from vae_gui.core.datasets.base import ImageData, Split
from vae_gui.core.datasets.places import DATA_VARIABLE
from vae_gui.core.storage.workspace import Workspace, save
from vae_gui.core.sweeps.plan import plan_of
from vae_gui.core.vae.presets import PRESETS
from vae_gui.core.vae.run.headless import HeadlessRun
from vae_gui.core.vae.schedule import run_steps

GUIDE = REPOSITORY / "docs" / "guide"
# The first has the commands whose files the others go on with.
PAGES = sorted(GUIDE.glob("*.md"), key=lambda page: (page.stem != "command-line", page.name))
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"`(vae-gui\b[^`]*)`")
COMPLETE = ("presets", "datasets", "self-check")  # of one word
SHORT = ("--set", "batch_size=32", "--set", "threads=1", "--device", "cpu")
# They start processes that load torch, which takes long, and have tests of their own.
NOT_RUN = ("sweep", "self-check", "onnx-decoder")


def blocks(page: Path, language: str) -> list[str]:
    return [text for kind, text in BLOCK.findall(page.read_text("utf-8")) if kind == language]


def commands_of(page: Path) -> list[list[str]]:
    """Return the commands of a page, each as its words; the name of one alone, and what opens the app, are none."""
    prose = BLOCK.sub("", page.read_text("utf-8"))
    lines = [line for block in blocks(page, "sh") for line in block.splitlines()]
    typed = [line for line in lines if line.startswith("vae-gui ")] + SPAN.findall(prose)
    words = [shlex.split(line, comments=True)[1:] for line in typed]
    return [
        line
        for line in words
        if line[:1] and line[0] in COMMANDS and (line[1:] or line[0] in COMPLETE)
    ]


COMMAND_LINES = [(page, line) for page in PAGES for line in commands_of(page)]


def parsed(words: list[str]) -> argparse.Namespace:
    """Raise UserError for an option that there is not."""
    return build_parser().parse_args(words)


@pytest.fixture
def ten_classes(monkeypatch: pytest.MonkeyPatch) -> ImageData:
    """The digits are a handful of bars, with ten labels."""
    bars = tiny_data(60, 40)
    train, test = (
        Split(split.images, (np.arange(len(split)) % 10).astype(np.int16))
        for split in (bars.train, bars.test)
    )
    data = ImageData("digits", "Digits", train, test, tuple(map(str, range(10))))
    replace_digits(monkeypatch, data)
    return data


@pytest.fixture
def folder(
    tmp_path: Path, data_dir: Path, ten_classes: ImageData, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """What the guide says that a person has: images of their own, MNIST, and the files that it shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(DATA_VARIABLE, str(data_dir))
    for name, split, table in (
        ("images", ten_classes.train, "labels"),
        ("test", ten_classes.test, "test"),
    ):
        assert split.labels is not None
        np.save(f"{name}.npy", split.images)
        np.savetxt(f"{table}.csv", split.labels, fmt="%d")
    (config,) = blocks(GUIDE / "command-line.md", "toml")
    (tmp_path / "run.toml").write_text(config)
    allowed = iter([True])
    run = HeadlessRun(tiny_config(), ten_classes, "stopped")
    list(run.epochs(go_on=lambda: next(allowed, False)))
    save(Workspace("Stopped", run.trainer.checkpoint(), history=run.rows()), Path("stopped.vae"))
    return tmp_path


def shortened(words: list[str]) -> list[str]:
    """The same command over two epochs of a few images."""
    if words[0] != "train":
        return words
    short = [*words, *(() if "--resume" in words else SHORT)]
    if "--epochs" in words:
        short[words.index("--epochs") + 1] = "3" if "--resume" in words else "2"
    elif "--resume" not in words:
        short += ["--epochs", "2"]
    return short


def test_commands_are_found() -> None:
    found = {words[0] for _, words in COMMAND_LINES}
    assert len(COMMAND_LINES) > 30 and found == set(COMMANDS)


@pytest.mark.parametrize(
    ("page", "words"), COMMAND_LINES, ids=[f"{page.stem}: {shlex.join(w)}" for page, w in COMMAND_LINES]
)  # fmt: skip
def test_every_option_of_the_guide_exists(page: Path, words: list[str]) -> None:
    if "$" not in shlex.join(words):
        assert callable(parsed(words).run)


def test_every_command_of_the_guide_runs_as_it_is_written(folder: Path, call: Call) -> None:
    for words in runnable():
        done = call(*shortened(words))
        assert done.code == 0, f"vae-gui {shlex.join(words)}: {done.err}"
        out = getattr(parsed(words), "out", None)
        assert out is None or out.exists(), words


def runnable() -> Iterator[list[str]]:
    """Give each command once, as two pages may show the same."""
    seen: list[list[str]] = []
    for _, words in COMMAND_LINES:
        if words not in seen and not {*words[:2]} & {*NOT_RUN} and "$" not in shlex.join(words):
            seen.append(words)
            yield words


def test_a_run_that_is_over_gets_longer_by_the_epochs_of_the_guide() -> None:
    (epochs,) = {
        int(words[words.index("--epochs") + 1])
        for _, words in COMMAND_LINES
        if "--resume" in words and "--epochs" in words
    }
    images, before = DATASETS["digits"].train_images, PRESETS["recommended"].train
    assert run_steps(replace(before, epochs=epochs), images) > run_steps(before, images)


@pytest.mark.parametrize("number", range(len(blocks(GUIDE / "sweeps.md", "toml"))))
def test_every_sweep_of_the_guide_is_one(number: int) -> None:
    assert plan_of(tomllib.loads(blocks(GUIDE / "sweeps.md", "toml")[number])).size > 1


def test_the_packages_of_every_extra_are_in_the_guide() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    said = (GUIDE / "command-line.md").read_text("utf-8")
    for extra in ("umap", "completion", "onnx", "sweep", "search"):
        for package in project["optional-dependencies"][extra]:
            assert f"`{package.partition('>')[0]}`" in said


def test_the_folders_of_the_app_are_in_the_guide() -> None:
    said = (GUIDE / "troubleshooting.md").read_text("utf-8")
    named = re.compile(r"""(?:own_folder\(|app_folder\(\) / )"(\w+)\"""")
    sources = (REPOSITORY / "vae_gui").rglob("*.py")
    found = {name for path in sources for name in named.findall(path.read_text("utf-8"))}
    assert found >= {"datasets", "autosave", "logs", "lessons", "rescued"}
    for name in found:
        assert f"`{name}`" in said
